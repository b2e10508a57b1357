/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/db/sqlite/sqlite.h"
#include "common/operate/history_impl.h"

enum {
	LOCK_TIMEOUT = 30 * 1000
}; /* milliseconds: a hundred batches may begin in the same minute */

static void *
store_open(
    const char *address, const char *password, const char *program, bool create, bool *missing)
{
	(void)password;
	(void)program;
	struct sqlite_connection *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	*missing = !create && access(address, F_OK) != 0 && errno == ENOENT;
	if (!*missing)
		sqlite_open(
		    c, &(struct sqlite_settings){
			   .file = address, .create = create, .lock_timeout = LOCK_TIMEOUT});
	return c;
}

static void
store_close(void *connection)
{
	sqlite_close(connection);
	free(connection);
}

static const struct db_error *
store_error(const void *connection)
{
	return &((const struct sqlite_connection *)connection)->error;
}

static void
store_fail(void *connection, const char *why)
{
	db_error_set(
	    &((struct sqlite_connection *)connection)->error, STATUS_CONFIG, NULL, "%s", why);
}

static void
store_forgive(void *connection)
{
	db_error_clear(&((struct sqlite_connection *)connection)->error);
}

static void
store_wait(void *connection, int64_t milliseconds)
{
	sqlite_set_lock_timeout(connection, milliseconds);
}

static bool
store_execute(void *connection, struct slice sql, const struct slice *parameters, size_t n)
{
	struct value values[HISTORY_COLUMNS] = {0};
	for (size_t i = 0; i < n; i++) {
		values[i].type = parameters[i].p ? VALUE_TEXT : VALUE_NULL;
		values[i].s = parameters[i];
	}
	return sqlite_execute(connection, sql, values, n, NULL);
}

static bool
store_select(void *connection, struct slice sql, size_t columns,
    void (*row)(void *context, const struct slice *cells), void *context)
{
	struct slice cells[HISTORY_COLUMNS];
	struct sqlite_statement *s = sqlite_prepare(connection, sql);
	bool more = true;
	while (s && sqlite_next(s, &more) && more) {
		/* A text lives until the next call on the statement. */
		struct buf texts = {0};
		size_t ends[HISTORY_COLUMNS];
		for (size_t i = 0; i < columns; i++) {
			if (!sqlite_null(s, (int)i))
				buf_put_slice(&texts, sqlite_text(s, (int)i));
			ends[i] = texts.n;
		}
		for (size_t i = 0, from = 0; i < columns; from = ends[i++])
			cells[i] =
			    sqlite_null(s, (int)i)
				? (struct slice){NULL, 0}
				: (struct slice){texts.p ? texts.p + from : "", ends[i] - from};
		row(context, cells);
		buf_free(&texts);
	}
	return sqlite_finish(s) && !db_error_is_set(store_error(connection));
}

static enum history_lock
store_lock(void *connection, struct slice name)
{
	(void)connection;
	(void)name;
	return HISTORY_NO_LOCKS;
}

const struct history_store history_sqlite = {SQL_SQLITE, store_open, store_close, store_error,
    store_fail, store_forgive, store_wait, store_execute, store_select, store_lock};
