/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/db/pg/session.h"

static const char *const ours[PG_SESSION_SETTINGS] = {"ISO, YMD", "postgres", "UTC", "3"};

static bool
set(struct pg_connection *c, const char *const values[PG_SESSION_SETTINGS])
{
	struct pg_parameter parameters[PG_SESSION_SETTINGS];

	for (int i = 0; i < PG_SESSION_SETTINGS; i++)
		parameters[i] = (struct pg_parameter){.data = slice_of(values[i])};
	return pg_execute(c,
	    SLICE("SELECT pg_catalog.set_config('DateStyle', $1, true), "
		  "pg_catalog.set_config('IntervalStyle', $2, true), "
		  "pg_catalog.set_config('TimeZone', $3, true), "
		  "pg_catalog.set_config('extra_float_digits', $4, true)"),
	    parameters, PG_SESSION_SETTINGS, NULL);
}

/*
 * The server notices within two minutes that our host is gone, and gives up its locks. Its own
 * default is two hours. A value of the role, the database or the connection string counts.
 */
static bool
watch_client(struct pg_connection *c)
{
	return pg_execute(c,
	    SLICE("SELECT pg_catalog.set_config(s.name, w.value, true) "
		  "FROM (VALUES ('tcp_keepalives_idle', '60'), "
		  "('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '6'), "
		  "('tcp_user_timeout', '120000')) AS w (name, value) "
		  "JOIN pg_catalog.pg_settings AS s ON s.name = w.name "
		  "WHERE s.source IN ('default', 'configuration file', 'command line')"),
	    NULL, 0, NULL);
}

static bool
read_theirs(struct pg_connection *c, struct pg_session *s)
{
	struct pg_rows rows;

	if (!pg_query(c,
		SLICE("SELECT pg_catalog.current_setting('DateStyle'), "
		      "pg_catalog.current_setting('IntervalStyle'), "
		      "pg_catalog.current_setting('TimeZone'), "
		      "pg_catalog.current_setting('extra_float_digits')"),
		NULL, 0, &rows))
		return false;
	for (size_t i = 0; i < PG_SESSION_SETTINGS; i++) {
		struct slice value = pg_cell(&rows, 0, i);
		s->theirs[i] = malloc(value.n + 1);
		if (s->theirs[i])
			memcpy(s->theirs[i], value.p, value.n + 1);
		else
			db_error_memory(&c->error, "a setting");
	}
	pg_rows_free(&rows);
	return !db_error_is_set(&c->error);
}

bool
pg_session_begin(struct pg_connection *c, struct pg_session *s)
{
	pg_session_free(s);
	return read_theirs(c, s) && watch_client(c);
}

void
pg_session_free(struct pg_session *s)
{
	for (int i = 0; i < PG_SESSION_SETTINGS; i++)
		free(s->theirs[i]);
	*s = (struct pg_session){0};
}

bool
pg_session_ours(struct pg_connection *c, struct pg_session *s)
{
	if (!s->ours && !set(c, ours))
		return false;
	s->ours = true;
	return true;
}

bool
pg_session_theirs(struct pg_connection *c, struct pg_session *s)
{
	if (s->ours && !set(c, (const char *const *)s->theirs))
		return false;
	s->ours = false;
	return true;
}
