/* SPDX-License-Identifier: MIT */
#include "common/operate/moves.h"
#include "common/json/json_read.h"
#include "common/json/json_shown.h"
#include "common/operate/history_impl.h"
#include "common/record/mp.h"

static const char *const names[MOVE_TEXTS] = {"id", "pipeline", "name", "file", "target",
    "system_from", "system_to", "state", "live", "started", "ended", "changes", "host", "folder",
    "message"};

void
move_free(struct move *m)
{
	for (size_t i = 0; i < MOVE_TEXTS; i++)
		buf_free(&m->text[i]);
}

void
move_set(struct move *m, enum move_text which, struct slice text)
{
	buf_reset(&m->text[which]);
	buf_put_slice(&m->text[which], text);
}

struct slice
move_get(const struct move *m, enum move_text which)
{
	return buf_slice(&m->text[which]);
}

bool
move_is(const struct move *m, enum move_text which, const char *text)
{
	return slice_is(move_get(m, which), text);
}

void
move_write_json(struct buf *out, const struct move *m)
{
	bool any = false;
	buf_put_byte(out, '{');
	for (size_t i = 0; i < MOVE_TEXTS; i++) {
		if (!m->text[i].n)
			continue;
		buf_printf(out, "%s\n \"%s\": ", any ? "," : "", names[i]);
		json_write_shown(out, buf_slice(&m->text[i]));
		any = true;
	}
	buf_put_text(out, "\n}\n");
}

bool
move_read_json(struct move *m, struct slice json)
{
	struct buf mp = {0};
	struct json_error error;
	struct mp_token map, key, value;
	bool good = json_to_msgpack(json, JSON_DUPLICATES_ERROR, &mp, &error);
	const char *end = mp.p + mp.n, *p = good ? mp_read(mp.p, end, &map) : NULL;
	good = p && map.type == MP_MAP;
	for (size_t i = 0; good && i < map.n; i++) {
		p = mp_read(p, end, &key);
		mp_read(p, end, &value);
		for (size_t j = 0; j < MOVE_TEXTS; j++)
			if (value.type == MP_STR &&
			    slice_is((struct slice){key.p, key.n}, names[j]))
				move_set(m, (enum move_text)j, (struct slice){value.p, value.n});
		p = mp_skip(p, end);
	}
	buf_free(&mp);
	return good && m->text[MOVE_ID].n && m->text[MOVE_PIPELINE].n && m->text[MOVE_STATE].n;
}

static bool
create_table(struct history *h)
{
	struct buf sql = {0};
	if (history_has_table(h, "mam_move"))
		return true;
	buf_put_text(&sql, "CREATE TABLE IF NOT EXISTS mam_move (");
	for (size_t i = 0; i < MOVE_TEXTS; i++)
		buf_printf(&sql, "%s%s %s", i ? ", " : "", names[i],
		    i ? "text" : "varchar(64) NOT NULL PRIMARY KEY");
	buf_put_text(&sql,
	    h->store->dialect == SQL_MYSQL ? ") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : ")");
	buf_put_byte(&sql, '\0');
	if (!sql.failed)
		history_make_tables(h, (const char *const[]){sql.p, NULL});
	bool good = !sql.failed && !db_error_is_set(history_error(h));
	buf_free(&sql);
	return good;
}

bool
history_put_move(struct history *h, const struct move *m)
{
	if (!h || !h->connection || !create_table(h))
		return false;
	enum sql_dialect dialect = h->store->dialect;
	struct slice parameters[MOVE_TEXTS];
	struct buf sql = {0};
	buf_put_text(&sql, "INSERT INTO mam_move (");
	for (size_t i = 0; i < MOVE_TEXTS; i++)
		buf_printf(&sql, "%s%s", i ? ", " : "", names[i]);
	buf_put_text(&sql, ") VALUES (");
	for (size_t i = 0; i < MOVE_TEXTS; i++) {
		buf_put_text(&sql, i ? ", " : "");
		sql_put_parameter(&sql, dialect, i + 1);
		parameters[i] = m->text[i].n ? buf_slice(&m->text[i]) : (struct slice){NULL, 0};
	}
	buf_put_text(&sql, dialect == SQL_MYSQL ? ") ON DUPLICATE KEY UPDATE "
						: ") ON CONFLICT (id) DO UPDATE SET ");
	for (size_t i = 1; i < MOVE_TEXTS; i++)
		buf_printf(&sql, dialect == SQL_MYSQL ? "%s%s = VALUES(%s)" : "%s%s = excluded.%s",
		    i > 1 ? ", " : "", names[i], names[i]);
	bool good = !sql.failed &&
		    h->store->execute(h->connection, buf_slice(&sql), parameters, MOVE_TEXTS);
	buf_free(&sql);
	return good;
}
