/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/operate/history_impl.h"

static const struct db_error no_memory = {
    .status = STATUS_TRY_AGAIN, .text = "no memory for the history"};

static const char *
column_name(size_t i)
{
	return i < RUN_TEXTS ? run_text_names[i] : run_number_names[i - RUN_TEXTS];
}

static const char *
column_type(enum sql_dialect dialect, size_t i)
{
	if (i >= RUN_TEXTS)
		return "bigint";
	if (dialect != SQL_MYSQL)
		return "text";
	/* MySQL needs a length where a column is in an index, and has no long text by that name. */
	switch ((enum run_text)i) {
	case RUN_ID:
	case RUN_STARTED:
		return "varchar(64)";
	case RUN_BATCH:
		return "varchar(100)";
	case RUN_STAGES:
		return "mediumtext";
	default:
		return "text";
	}
}

static bool
execute(struct history *h, const struct buf *sql, const struct slice *parameters, size_t n)
{
	return !sql->failed && h->store->execute(h->connection, buf_slice(sql), parameters, n);
}

static void
ignore_row(void *context, const struct slice *cells)
{
	(void)context;
	(void)cells;
}

static void
run_all(struct history *h, const char *const *statements)
{
	for (; *statements; statements++) {
		struct slice sql = slice_of(*statements);
		if (strncmp(*statements, "SELECT", 6) == 0)
			h->store->select(h->connection, sql, 0, ignore_row, NULL);
		else
			h->store->execute(h->connection, sql, NULL, 0);
	}
}

/*
 * Many programs may do this at once, and some may have been killed within it. Servers let one of them
 * in at a time: in PostgreSQL, one of two that make a table fails, IF NOT EXISTS or not. MySQL
 * warns of a table that is there, and a warning is an error here.
 */
static const char *const before[][3] = {[SQL_POSTGRES] = {"SELECT pg_advisory_lock(7161697450)"},
    [SQL_MYSQL] = {"SELECT GET_LOCK('mam_history', 60)", "SET sql_notes = 0"},
    [SQL_SQLITE] = {NULL}};
static const char *const after[][3] = {[SQL_POSTGRES] = {"SELECT pg_advisory_unlock(7161697450)"},
    [SQL_MYSQL] = {"SET sql_notes = 1", "SELECT RELEASE_LOCK('mam_history')"},
    [SQL_SQLITE] = {NULL}};

void
history_make_tables(struct history *h, const char *const *statements)
{
	run_all(h, before[h->store->dialect]);
	run_all(h, statements);
	run_all(h, after[h->store->dialect]);
}

static void
create_tables(struct history *h)
{
	enum sql_dialect dialect = h->store->dialect;
	struct buf sql = {0};
	run_all(h, before[dialect]);
	buf_put_text(&sql, "CREATE TABLE IF NOT EXISTS mam_run (");
	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		buf_printf(&sql, "%s%s %s%s", i ? ", " : "", column_name(i),
		    column_type(dialect, i), i == RUN_ID ? " NOT NULL PRIMARY KEY" : "");
	/* MySQL has no IF NOT EXISTS for an index, so it is part of the table. */
	buf_put_text(
	    &sql, dialect == SQL_MYSQL
		      ? ", INDEX mam_run_batch (batch, started), INDEX mam_run_started (started)) "
			"CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
		      : ")");
	execute(h, &sql, NULL, 0);
	if (dialect != SQL_MYSQL) {
		buf_reset(&sql);
		buf_put_text(
		    &sql, "CREATE INDEX IF NOT EXISTS mam_run_batch ON mam_run (batch, started)");
		execute(h, &sql, NULL, 0);
		buf_reset(&sql);
		buf_put_text(
		    &sql, "CREATE INDEX IF NOT EXISTS mam_run_started ON mam_run (started)");
		execute(h, &sql, NULL, 0);
	}
	buf_reset(&sql);
	buf_put_text(
	    &sql, "CREATE TABLE IF NOT EXISTS mam_history (version int NOT NULL PRIMARY KEY)");
	execute(h, &sql, NULL, 0);
	buf_reset(&sql);
	buf_printf(&sql,
	    "INSERT INTO mam_history SELECT * FROM (SELECT %d AS version) AS v "
	    "WHERE NOT EXISTS (SELECT 1 FROM mam_history)",
	    RUN_VERSION);
	execute(h, &sql, NULL, 0);
	run_all(h, after[dialect]);
	buf_free(&sql);
}

/* Null is 0: the table is there, and its row is not yet. */
static void
keep_number(void *context, const struct slice *cells)
{
	int64_t *number = context;
	*number = 0;
	if (cells[0].p && !parse_integer(cells[0], 0, INT32_MAX, number))
		*number = INT32_MAX;
}

bool
history_has_table(struct history *h, const char *name)
{
	int64_t tables = 0;
	struct buf sql = {0};
	if (h->store->dialect == SQL_POSTGRES)
		buf_printf(
		    &sql, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('%s')", name);
	else if (h->store->dialect == SQL_MYSQL)
		buf_printf(&sql,
		    "SELECT count(*) FROM information_schema.tables "
		    "WHERE table_schema = database() AND table_name = '%s'",
		    name);
	else
		buf_printf(&sql, "SELECT count(*) FROM sqlite_master WHERE name = '%s'", name);
	bool found = !sql.failed &&
		     h->store->select(h->connection, buf_slice(&sql), 1, keep_number, &tables) &&
		     tables;
	buf_free(&sql);
	return found;
}

/* 0: the tables do not exist. */
static int64_t
version(struct history *h)
{
	int64_t n = 0;
	if (history_has_table(h, "mam_history"))
		h->store->select(h->connection, SLICE("SELECT max(version) FROM mam_history"), 1,
		    keep_number, &n);
	return n;
}

struct history *
history_open(const char *url, const char *password, const char *program, bool create)
{
	struct history *h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	h->store = &history_sqlite;
	if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
		h->store = &history_pg;
	else if (strncmp(url, "mysql://", 8) == 0)
		h->store = &history_mysql;
	else if (strncmp(url, "sqlite:", 7) == 0)
		url += 7;
	else if (strstr(url, "://") || strstr(url, "host=") || strstr(url, "dbname=")) {
		/* What follows may hold a password. */
		db_error_set(&h->error, STATUS_CONFIG, NULL,
		    "an address begins with postgresql:// or mysql://; a file needs its path only");
		return h;
	}
	h->connection = h->store->open(url, password, program, create, &h->missing);
	if (!h->connection || h->missing || db_error_is_set(history_error(h)))
		return h;
	int64_t found = version(h);
	if (found > RUN_VERSION)
		h->store->fail(h->connection,
		    "the history was written by a newer version of mam-etl; "
		    "update this one, or name another history");
	else if (!found && create)
		create_tables(h);
	h->missing = !found && !create;
	return h;
}

void
history_close(struct history *h)
{
	if (h && h->connection)
		h->store->close(h->connection);
	free(h);
}

const struct db_error *
history_error(const struct history *h)
{
	if (h && h->connection)
		return h->store->error(h->connection);
	return h && db_error_is_set(&h->error) ? &h->error : &no_memory;
}

void
history_forgive(struct history *h)
{
	if (h && h->connection && !history_error(h)->lost)
		h->store->forgive(h->connection);
}

void
history_set_wait(struct history *h, int64_t milliseconds)
{
	if (h && h->connection && h->store->wait)
		h->store->wait(h->connection, milliseconds);
}

/*
 * How an existing row is updated: all but its id is replaced. Records may
 * arrive late and out of order, and a run may end just when it is judged to be
 * lost, so neither the record of a start nor that of a loss replaces that of an
 * end. MySQL has no WHERE here; it assigns from left to right, so the state,
 * which each column tests, comes last.
 */
static void
put_replacing(struct buf *sql, enum sql_dialect dialect)
{
	bool mysql = dialect == SQL_MYSQL;
	buf_put_text(sql, mysql ? " ON DUPLICATE KEY UPDATE " : " ON CONFLICT (id) DO UPDATE SET ");
	for (size_t i = 1; i <= HISTORY_COLUMNS; i++) {
		size_t column = i == HISTORY_COLUMNS ? (size_t)RUN_STATE : i;
		if (i == RUN_STATE)
			continue;
		const char *name = column_name(column);
		buf_printf(sql, i > 1 ? ", %s = " : "%s = ", name);
		if (mysql)
			buf_printf(sql,
			    "IF(state IN ('running', 'lost') OR "
			    "VALUES(state) NOT IN ('running', 'lost'), "
			    "VALUES(%s), %s)",
			    name, name);
		else
			buf_printf(sql, "excluded.%s", name);
	}
	if (!mysql)
		buf_put_text(sql, " WHERE mam_run.state IN ('running', 'lost') OR "
				  "excluded.state NOT IN ('running', 'lost')");
}

bool
history_put(struct history *h, const struct run *r)
{
	if (!h || !h->connection)
		return false;
	enum sql_dialect dialect = h->store->dialect;
	struct slice parameters[HISTORY_COLUMNS];
	char digits[RUN_NUMBERS][24];
	struct buf sql = {0};
	buf_put_text(&sql, "INSERT INTO mam_run (");
	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		buf_printf(&sql, "%s%s", i ? ", " : "", column_name(i));
	buf_put_text(&sql, ") VALUES (");
	for (size_t i = 0; i < HISTORY_COLUMNS; i++) {
		buf_put_text(&sql, i ? ", " : "");
		sql_put_parameter(&sql, dialect, i + 1);
		if (i < RUN_TEXTS) {
			struct slice text = run_get(r, (enum run_text)i);
			parameters[i] = text.n ? text : (struct slice){NULL, 0};
			continue;
		}
		size_t number = i - RUN_TEXTS;
		int n = snprintf(digits[number], sizeof *digits, "%" PRId64, r->number[number]);
		parameters[i] = r->number[number] < 0 ? (struct slice){NULL, 0}
						      : (struct slice){digits[number], (size_t)n};
	}
	buf_put_byte(&sql, ')');
	put_replacing(&sql, dialect);
	bool good = execute(h, &sql, parameters, HISTORY_COLUMNS);
	buf_free(&sql);
	return good;
}

bool
history_seen(struct history *h, struct slice id, struct slice when)
{
	if (!h || !h->connection)
		return false;
	struct buf sql = {0};
	buf_put_text(&sql, "UPDATE mam_run SET seen = ");
	sql_put_parameter(&sql, h->store->dialect, 1);
	buf_put_text(&sql, " WHERE id = ");
	sql_put_parameter(&sql, h->store->dialect, 2);
	buf_put_text(&sql, " AND state = 'running'");
	bool good = execute(h, &sql, (struct slice[]){when, id}, 2);
	buf_free(&sql);
	return good;
}

struct reading {
	history_row *row;
	void *context;
	struct run run;
};

static void
give_run(void *context, const struct slice *cells)
{
	struct reading *reading = context;
	run_reset(&reading->run);
	for (size_t i = 0; i < RUN_TEXTS; i++)
		run_set(&reading->run, (enum run_text)i, cells[i]);
	for (size_t i = 0; i < RUN_NUMBERS; i++)
		if (cells[RUN_TEXTS + i].p)
			parse_integer(cells[RUN_TEXTS + i], 0, INT64_MAX, &reading->run.number[i]);
	reading->row(reading->context, &reading->run);
}

static void
put_condition(
    struct buf *sql, enum sql_dialect dialect, const char *column, struct slice value, bool *any)
{
	if (!value.n)
		return;
	buf_printf(sql, " %s %s ", *any ? "AND" : "WHERE", column);
	sql_put_literal(sql, dialect, value);
	*any = true;
}

bool
history_select(struct history *h, const struct history_query *q, history_row *row, void *context)
{
	if (!h || !h->connection)
		return false;
	if (h->missing)
		return true;
	enum sql_dialect dialect = h->store->dialect;
	struct buf sql = {0};
	bool any = false;
	buf_put_text(&sql, "SELECT * FROM (SELECT ");
	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		buf_printf(&sql, "%s%s%s", i ? ", " : "",
		    i == RUN_STAGES && q->brief ? "NULL AS " : "", column_name(i));
	buf_put_text(&sql, " FROM mam_run");
	put_condition(&sql, dialect, "batch =", q->batch, &any);
	put_condition(&sql, dialect, "slot =", q->slot, &any);
	put_condition(&sql, dialect, "state =", q->state, &any);
	put_condition(&sql, dialect, "started >=", q->since, &any);
	if (q->latest)
		buf_printf(&sql, " ORDER BY started DESC, id DESC LIMIT %zu", q->latest);
	buf_put_text(&sql, ") AS r ORDER BY started, id");
	struct reading reading = {.row = row, .context = context};
	bool good = !sql.failed && h->store->select(h->connection, buf_slice(&sql), HISTORY_COLUMNS,
				       give_run, &reading);
	run_free(&reading.run);
	buf_free(&sql);
	return good;
}

enum history_lock
history_lock(struct history *h, struct slice name)
{
	if (!h || !h->connection)
		return HISTORY_FAILED;
	return h->store->lock(h->connection, name);
}
