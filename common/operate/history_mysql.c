/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/mysql/client.h"
#include "common/operate/history_impl.h"

static void *
store_open(
    const char *address, const char *password, const char *program, bool create, bool *missing)
{
	(void)program;
	(void)create;
	*missing = false;
	struct client *c = calloc(1, sizeof *c);
	if (c)
		client_open(
		    c, &(struct client_settings){
			   .address = address, .option = "--history", .password = password});
	return c;
}

static void
store_close(void *connection)
{
	client_close(connection);
	free(connection);
}

static const struct db_error *
store_error(const void *connection)
{
	return &((const struct client *)connection)->error;
}

static void
store_fail(void *connection, const char *why)
{
	db_error_set(&((struct client *)connection)->error, STATUS_CONFIG, NULL, "%s", why);
}

static void
store_forgive(void *connection)
{
	db_error_clear(&((struct client *)connection)->error);
}

static bool
store_execute(void *connection, struct slice sql, const struct slice *parameters, size_t n)
{
	struct value values[HISTORY_COLUMNS] = {0};
	for (size_t i = 0; i < n; i++) {
		values[i].type = parameters[i].p ? VALUE_TEXT : VALUE_NULL;
		values[i].s = parameters[i];
	}
	return client_execute(connection, sql, values, n, NULL);
}

static bool
store_select(void *connection, struct slice sql, size_t columns,
    void (*row)(void *context, const struct slice *cells), void *context)
{
	struct slice cells[HISTORY_COLUMNS];
	struct client_rows rows = {0};
	bool good = client_query(connection, sql, NULL, 0, &rows);
	for (size_t i = 0; good && i < rows.n; i++) {
		for (size_t j = 0; j < columns; j++)
			cells[j] = client_cell(&rows, i, j);
		row(context, cells);
	}
	client_rows_free(&rows);
	return good;
}

static enum history_lock
store_lock(void *connection, struct slice name)
{
	bool taken = false;
	if (!client_lock(connection, name, 0, &taken))
		return HISTORY_FAILED;
	return taken ? HISTORY_LOCKED : HISTORY_BUSY;
}

const struct history_store history_mysql = {SQL_MYSQL, store_open, store_close, store_error,
    store_fail, store_forgive, NULL, store_execute, store_select, store_lock};
