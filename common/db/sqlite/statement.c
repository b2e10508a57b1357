/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/sqlite/sqlite_impl.h"

struct sqlite_statement {
	sqlite3_stmt *handle;
	struct sqlite_connection *connection;
	uint64_t rows; /* that sqlite_insert was called with */
};

static bool
ready(struct sqlite_statement *s)
{
	return s && sqlite_ready(s->connection);
}

bool
sqlite_run(struct sqlite_connection *c, const char *sql)
{
	if (!sqlite_ready(c))
		return false;
	return sqlite3_exec(c->handle, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail(c);
}

struct sqlite_statement *
sqlite_prepare(struct sqlite_connection *c, struct slice sql)
{
	if (!sqlite_ready(c))
		return NULL;
	struct sqlite_statement *s = calloc(1, sizeof *s);
	if (!s) {
		db_error_memory(&c->error, "a statement");
		return NULL;
	}
	s->connection = c;
	if (sqlite3_prepare_v2(c->handle, sql.p, (int)sql.n, &s->handle, NULL) == SQLITE_OK)
		return s;
	sqlite_fail(c);
	free(s);
	return NULL;
}

bool
sqlite_finish(struct sqlite_statement *s)
{
	if (!s)
		return false;
	struct sqlite_connection *c = s->connection;
	/* Its code is that of the last step, whose error is set already. */
	sqlite3_finalize(s->handle);
	free(s);
	return !db_error_is_set(&c->error);
}

static int
bind_one(sqlite3_stmt *s, int i, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(s, i);
	case VALUE_INT:
		return sqlite3_bind_int64(s, i, v->i);
	case VALUE_FLOAT:
		return sqlite3_bind_double(s, i, v->f);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
		    s, i, v->s.n > 0 ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(s, i, v->s.n > 0 ? v->s.p : "", v->s.n, SQLITE_STATIC);
	default:
		return SQLITE_MISUSE;
	}
}

bool
sqlite_bind(struct sqlite_statement *s, const struct value *values, size_t n)
{
	if (!ready(s))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct value *v = &values[k];
		int code = bind_one(s->handle, (int)k + 1, v);
		if (code == SQLITE_MISUSE || (v->type == VALUE_INT && v->huge))
			return db_error_set(&s->connection->error, STATUS_BUG, NULL,
			    "parameter %zu: a value of type %s that SQLite does not have", k + 1,
			    value_type_name(v->type));
		if (code != SQLITE_OK)
			return sqlite_fail(s->connection);
	}
	return true;
}

bool
sqlite_next(struct sqlite_statement *s, bool *row)
{
	*row = false;
	if (!ready(s))
		return false;
	int code = sqlite3_step(s->handle);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sqlite_fail(s->connection);
	*row = code == SQLITE_ROW;
	return true;
}

bool
sqlite_insert(struct sqlite_statement *s, const struct value *values, size_t n, bool *taken)
{
	bool row;

	*taken = false;
	if (!ready(s))
		return false;
	struct sqlite_connection *c = s->connection;
	s->rows++;
	if (!sqlite_bind(s, values, n))
		return false;
	if (!sqlite_next(s, &row)) {
		if (c->error.status == STATUS_DATA)
			c->error.row = s->rows;
		sqlite3_reset(s->handle);
		return false;
	}
	*taken = sqlite3_changes64(c->handle) != 0;
	return sqlite3_reset(s->handle) == SQLITE_OK || sqlite_fail(c);
}

bool
sqlite_null(struct sqlite_statement *s, int i)
{
	return !s || sqlite3_column_type(s->handle, i) == SQLITE_NULL;
}

int64_t
sqlite_integer(struct sqlite_statement *s, int i)
{
	return s ? sqlite3_column_int64(s->handle, i) : 0;
}

struct slice
sqlite_text(struct sqlite_statement *s, int i)
{
	const char *p = s ? (const char *)sqlite3_column_text(s->handle, i) : NULL;

	if (s && !p && sqlite3_errcode(s->connection->handle) == SQLITE_NOMEM)
		sqlite_fail(s->connection);
	return (struct slice){p ? p : "", p ? (size_t)sqlite3_column_bytes(s->handle, i) : 0};
}

const char *
sqlite_column_name(struct sqlite_statement *s, int i)
{
	return s && i < sqlite3_column_count(s->handle) ? sqlite3_column_name(s->handle, i) : NULL;
}

bool
sqlite_number(struct sqlite_connection *c, const char *sql, int64_t *number)
{
	struct sqlite_statement *s = sqlite_prepare(c, slice_of(sql));
	bool row;

	*number = sqlite_next(s, &row) && row ? sqlite_integer(s, 0) : 0;
	return sqlite_finish(s);
}

bool
sqlite_execute(struct sqlite_connection *c, struct slice sql, const struct value *parameters,
    size_t n, uint64_t *touched)
{
	struct sqlite_statement *s = sqlite_prepare(c, sql);
	bool row = true;

	if (touched)
		*touched = 0;
	if (!s)
		return false;
	int64_t before = sqlite3_total_changes64(c->handle);
	if (sqlite_bind(s, parameters, n))
		while (row && sqlite_next(s, &row))
			;
	if (!sqlite_finish(s))
		return false;
	/* A statement that is not INSERT, UPDATE or DELETE leaves the count of the last one. */
	if (touched && sqlite3_total_changes64(c->handle) != before)
		*touched = (uint64_t)sqlite3_changes64(c->handle);
	return true;
}
