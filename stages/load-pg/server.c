/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/db/pg/session.h"
#include "common/program/message.h"
#include "stages/load-pg/server.h"

enum { WARNINGS_SHOWN = 20 };

static struct pg_connection connection;
static struct pg_session session;
static uint64_t (*number_of)(uint64_t row);

struct pg_connection *
server(void)
{
	return &connection;
}

void
server_name_records(uint64_t (*record_of)(uint64_t row))
{
	number_of = record_of;
}

/* Warnings, e.g. of a trigger. Those of a million rows would bury the errors. */
static void
show_warning(void *context, const char *text)
{
	static unsigned shown;

	(void)context;
	if (shown++ < WARNINGS_SHOWN)
		message("the server warns: %s", text);
	else if (shown == WARNINGS_SHOWN + 1)
		message("the server warns more often; no further warning is shown");
}

void
server_open(const char *to, const char *password, int64_t lock_timeout)
{
	enum { LOCK_MAX = 1000000000 }; /* milliseconds; an int has room for more */
	struct pg_settings settings = {.address = to,
	    .option = "--to",
	    .password = password,
	    .program = "load-pg",
	    .lock_milliseconds = lock_timeout < LOCK_MAX ? (int)lock_timeout : LOCK_MAX,
	    .warn = show_warning};

	if (!pg_open(&connection, &settings))
		die(connection.error.status, "%s", connection.error.text);
}

void
server_check(bool good)
{
	const struct db_error *e = &connection.error;
	char record[40] = "";

	if (good)
		return;
	if (e->row > 0 && number_of)
		snprintf(record, sizeof record, "record %" PRIu64 ": ", number_of(e->row));
	die(e->status, "%s%s%s", record,
	    e->lost && !*e->code ? "the connection to the server was lost, nothing was loaded: "
				 : "",
	    e->text);
}

void
server_run(const char *sql)
{
	server_check(pg_run(&connection, sql));
}

uint64_t
server_execute(struct slice sql, const struct pg_parameter *parameters, size_t n)
{
	uint64_t rows = 0;

	server_check(pg_execute(&connection, sql, parameters, n, &rows));
	return rows;
}

bool
server_execute_unless(const char *state, struct slice sql, uint64_t *rows)
{
	if (pg_execute(&connection, sql, NULL, 0, rows))
		return true;
	server_check(pg_failed_with(&connection, state));
	db_error_clear(&connection.error);
	return false;
}

struct pg_rows
server_query(struct slice sql)
{
	struct pg_rows rows;

	server_check(pg_query(&connection, sql, NULL, 0, &rows));
	return rows;
}

void
server_begin_session(void)
{
	server_check(pg_session_begin(&connection, &session));
}

void
server_our_settings(void)
{
	server_check(pg_session_ours(&connection, &session));
}

void
server_their_settings(void)
{
	server_check(pg_session_theirs(&connection, &session));
}
