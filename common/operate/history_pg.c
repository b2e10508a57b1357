/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/pg/pg.h"
#include "common/operate/history_impl.h"

static void *
store_open(
    const char *address, const char *password, const char *program, bool create, bool *missing)
{
	(void)create;
	*missing = false;
	struct pg_connection *c = calloc(1, sizeof *c);
	if (c)
		pg_open(c, &(struct pg_settings){.address = address,
			       .option = "--history",
			       .password = password,
			       .program = program});
	return c;
}

static void
store_close(void *connection)
{
	pg_close(connection);
	free(connection);
}

static const struct db_error *
store_error(const void *connection)
{
	return &((const struct pg_connection *)connection)->error;
}

static void
store_fail(void *connection, const char *why)
{
	db_error_set(&((struct pg_connection *)connection)->error, STATUS_CONFIG, NULL, "%s", why);
}

static void
store_forgive(void *connection)
{
	db_error_clear(&((struct pg_connection *)connection)->error);
}

static bool
store_execute(void *connection, struct slice sql, const struct slice *parameters, size_t n)
{
	struct pg_parameter values[HISTORY_COLUMNS] = {0};
	for (size_t i = 0; i < n; i++)
		values[i] = (struct pg_parameter){.data = parameters[i], .null = !parameters[i].p};
	return pg_execute(connection, sql, values, n, NULL);
}

static bool
store_select(void *connection, struct slice sql, size_t columns,
    void (*row)(void *context, const struct slice *cells), void *context)
{
	struct slice cells[HISTORY_COLUMNS];
	struct pg_rows rows = {0};
	bool good = pg_query(connection, sql, NULL, 0, &rows);
	for (size_t i = 0; good && i < rows.n; i++) {
		for (size_t j = 0; j < columns; j++)
			cells[j] = pg_cell_null(&rows, i, j) ? (struct slice){NULL, 0}
							     : pg_cell(&rows, i, j);
		row(context, cells);
	}
	pg_rows_free(&rows);
	return good;
}

static enum history_lock
store_lock(void *connection, struct slice name)
{
	bool taken = false;
	if (!pg_try_lock(connection, name, &taken))
		return HISTORY_FAILED;
	return taken ? HISTORY_LOCKED : HISTORY_BUSY;
}

const struct history_store history_pg = {SQL_POSTGRES, store_open, store_close, store_error,
    store_fail, store_forgive, NULL, store_execute, store_select, store_lock};
