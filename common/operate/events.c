/* SPDX-License-Identifier: MIT */
#include "common/operate/events.h"
#include "common/operate/history_impl.h"

enum { COLUMNS = 5 };

bool
events_put(struct history *h, const struct event *e)
{
	/* MySQL needs a length where a column is in an index. */
	static const char *const mysql[] = {
	    "CREATE TABLE IF NOT EXISTS mam_event (id varchar(64) NOT NULL PRIMARY KEY, kind "
	    "varchar(40), batch varchar(100), happened varchar(64), body mediumtext, "
	    "INDEX mam_event_kind (kind, happened)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
	    NULL};
	static const char *const others[] = {
	    "CREATE TABLE IF NOT EXISTS mam_event (id text NOT NULL PRIMARY KEY, kind text, "
	    "batch text, happened text, body text)",
	    "CREATE INDEX IF NOT EXISTS mam_event_kind ON mam_event (kind, happened)", NULL};
	const struct slice parameters[COLUMNS] = {e->id, e->kind, e->batch, e->at, e->body};
	struct buf sql = {0};
	if (!h || !h->connection)
		return false;
	if (!history_has_table(h, "mam_event"))
		history_make_tables(h, h->store->dialect == SQL_MYSQL ? mysql : others);
	buf_put_text(&sql, "INSERT INTO mam_event (id, kind, batch, happened, body) VALUES (");
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_put_text(&sql, i ? ", " : "");
		sql_put_parameter(&sql, h->store->dialect, i + 1);
	}
	buf_put_byte(&sql, ')');
	bool good =
	    !sql.failed && h->store->execute(h->connection, buf_slice(&sql), parameters, COLUMNS);
	buf_free(&sql);
	return good;
}

struct reading {
	event_row *row;
	void *context;
};

static void
give_event(void *context, const struct slice *cells)
{
	const struct reading *r = context;
	r->row(r->context, &(struct event){cells[0], cells[1], cells[2], cells[3], cells[4]});
}

bool
events_select(
    struct history *h, struct slice kind, struct slice since, event_row *row, void *context)
{
	struct buf sql = {0};
	if (!h || !h->connection)
		return false;
	if (h->missing || !history_has_table(h, "mam_event"))
		return !db_error_is_set(history_error(h));
	buf_put_text(&sql, "SELECT id, kind, batch, happened, body FROM mam_event WHERE kind = ");
	sql_put_literal(&sql, h->store->dialect, kind);
	buf_put_text(&sql, " AND happened >= ");
	sql_put_literal(&sql, h->store->dialect, since);
	buf_put_text(&sql, " ORDER BY happened, id");
	struct reading r = {row, context};
	bool good = !sql.failed &&
		    h->store->select(h->connection, buf_slice(&sql), COLUMNS, give_event, &r);
	buf_free(&sql);
	return good;
}
