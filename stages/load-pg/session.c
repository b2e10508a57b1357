/* SPDX-License-Identifier: MIT */
#include "stages/load-pg/session.h"

#include <stdlib.h>

#include "common/program/message.h"
#include "stages/load-pg/pg.h"

/* Settings that change how a text is read or written. */
enum { SETTINGS = 4 };
static const char *const ours[SETTINGS] = {"ISO, YMD", "postgres", "UTC", "3"};
static char *theirs[SETTINGS];
static bool ours_hold;

static void
set(const char *const values[SETTINGS])
{
	struct pg_parameter parameters[SETTINGS];

	for (int i = 0; i < SETTINGS; i++)
		parameters[i] = (struct pg_parameter){0, slice_of(values[i])};
	pg_execute(SLICE("SELECT pg_catalog.set_config('DateStyle', $1, true), "
			 "pg_catalog.set_config('IntervalStyle', $2, true), "
			 "pg_catalog.set_config('TimeZone', $3, true), "
			 "pg_catalog.set_config('extra_float_digits', $4, true)"),
	    parameters, SETTINGS, NULL, NULL);
}

/*
 * The server notices within two minutes that our host is gone, and gives up its locks. Its own
 * default is two hours. A value of the role, the database or the connection string counts.
 */
static void
watch_client(void)
{
	pg_execute(SLICE("SELECT pg_catalog.set_config(s.name, w.value, true) "
			 "FROM (VALUES ('tcp_keepalives_idle', '60'), "
			 "('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '6'), "
			 "('tcp_user_timeout', '120000')) AS w (name, value) "
			 "JOIN pg_catalog.pg_settings AS s ON s.name = w.name "
			 "WHERE s.source IN ('default', 'configuration file', 'command line')"),
	    NULL, 0, NULL, NULL);
}

void
session_begin(void)
{
	struct pg_rows rows = pg_query(SLICE("SELECT pg_catalog.current_setting('DateStyle'), "
					     "pg_catalog.current_setting('IntervalStyle'), "
					     "pg_catalog.current_setting('TimeZone'), "
					     "pg_catalog.current_setting('extra_float_digits')"),
	    NULL);

	for (size_t i = 0; i < SETTINGS; i++)
		theirs[i] = xstring(pg_cell(&rows, 0, i));
	pg_rows_free(&rows);
	watch_client();
}

void
session_ours(void)
{
	if (!ours_hold)
		set(ours);
	ours_hold = true;
}

void
session_theirs(void)
{
	if (ours_hold)
		set((const char *const *)theirs);
	ours_hold = false;
}
