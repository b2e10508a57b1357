/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "batch/check-target/check_target.h"
#include "common/db/pg/pg.h"

/* A type, a value as it is sent, and as the server must give it back. */
static const struct probe {
	const char *type, *sent, *expected;
} probes[] = {
    {"bigint", "9007199254740993", "9007199254740993"},
    {"numeric(30,6)", "123456789012345678901234.567890", "123456789012345678901234.567890"},
    {"double precision", "0.1", "0.1"},
    {"text", "日本語 😀", "日本語 😀"},
    {"bytea", "\\x00ff10", "\\x00ff10"},
    {"boolean", "true", "t"},
    {"date", "2024-02-29", "2024-02-29"},
    {"timestamp", "2026-11-01 23:59:59.123456", "2026-11-01 23:59:59.123456"},
    {"timestamptz", "2026-11-02 08:59:59.5+09", "2026-11-01 23:59:59.5+00"},
    {"jsonb", "{\"a\": [1, null]}", "{\"a\": [1, null]}"},
};
enum { PROBES = sizeof probes / sizeof *probes, PG_MAJOR = 10000 };

/* One row of a query as text; NULL with the error set. The slices live until rows is freed. */
static bool
ask(struct pg_connection *c, const char *sql, struct pg_rows *rows)
{
	return pg_query(c, slice_of(sql), NULL, 0, rows) &&
	       (rows->n || db_error_set(&c->error, STATUS_BUG, NULL, "%s gave no row", sql));
}

static bool
is_verified(const char *address)
{
	const char *mode = getenv("PGSSLMODE");
	return strstr(address, "sslmode=verify-") || (mode && strncmp(mode, "verify-", 7) == 0);
}

static bool
check_tls(const struct subject *t, struct pg_connection *c)
{
	struct pg_rows rows = {0};
	bool good = ask(c,
	    "SELECT s.ssl, s.version, coalesce(host(inet_server_addr()), ''), "
	    "inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1' FROM pg_stat_ssl s "
	    "WHERE s.pid = pg_backend_pid()",
	    &rows);
	if (!good) {
		pg_rows_free(&rows);
		return false;
	}
	bool local = !pg_cell(&rows, 0, 2).n || slice_is(pg_cell(&rows, 0, 3), "t");
	bool tls = slice_is(pg_cell(&rows, 0, 0), "t");
	if (tls && (local || is_verified(t->address)))
		check_put(CHECK_OK, "TLS", t->shown, NULL, "%s", pg_cell(&rows, 0, 1).p);
	else if (tls)
		check_put(CHECK_WARNED, "TLS", t->shown,
		    "add sslmode=verify-full&sslrootcert=FILE to the address",
		    "%s, but the server's certificate is not verified: anyone on the way could be "
		    "the "
		    "server",
		    pg_cell(&rows, 0, 1).p);
	else if (local)
		check_put(
		    CHECK_OK, "TLS", t->shown, NULL, "not needed: the server is on this machine");
	else
		check_put(CHECK_WARNED, "TLS", t->shown,
		    "add sslmode=verify-full&sslrootcert=FILE to the address",
		    "the connection is not encrypted, and the server is another machine");
	pg_rows_free(&rows);
	return true;
}

/* Writes a row of all types into a temporary table and reads it back. */
static bool
round_trip(const struct subject *t, struct pg_connection *c)
{
	struct buf make = {0}, put = {0};
	struct pg_parameter values[PROBES] = {0};
	struct pg_rows rows = {0};
	size_t bad = 0;
	buf_put_text(&make, "CREATE TEMPORARY TABLE mam_check_target (");
	buf_put_text(&put, "INSERT INTO mam_check_target VALUES (");
	for (size_t i = 0; i < PROBES; i++) {
		buf_printf(&make, "%sc%zu %s", i ? ", " : "", i, probes[i].type);
		buf_printf(&put, "%s$%zu", i ? ", " : "", i + 1);
		values[i].data = slice_of(probes[i].sent);
	}
	buf_put_text(&make, ") ON COMMIT DROP");
	buf_put_text(&put, ")");
	buf_check(&make, "a statement", NULL);
	buf_check(&put, "a statement", NULL);
	bool good = pg_run(c, "BEGIN") && pg_run(c, "SET LOCAL timezone = 'UTC'") &&
		    pg_run(c, "SET LOCAL datestyle = 'ISO'") &&
		    pg_run(c, "SET LOCAL bytea_output = 'hex'") &&
		    pg_execute(c, buf_slice(&make), NULL, 0, NULL) &&
		    pg_execute(c, buf_slice(&put), values, PROBES, NULL) &&
		    ask(c, "SELECT * FROM mam_check_target", &rows);
	for (size_t i = 0; good && i < PROBES; i++) {
		if (slice_is(pg_cell(&rows, 0, i), probes[i].expected))
			continue;
		bad++;
		check_put(CHECK_FAILED, "round trip", t->shown,
		    "check the encoding of the database, and its triggers on DDL",
		    "%s: %s came back as %s", probes[i].type, probes[i].sent,
		    quoted(pg_cell(&rows, 0, i)));
	}
	pg_rows_free(&rows);
	if (good && pg_run(c, "ROLLBACK") && !bad)
		check_put(CHECK_OK, "round trip", t->shown, NULL,
		    "%d types came back as they were, and were rolled back", PROBES);
	buf_free(&make);
	buf_free(&put);
	return !db_error_is_set(&c->error);
}

static bool
check_session(const struct subject *t, struct pg_connection *c)
{
	struct pg_rows rows = {0};
	int64_t there = 0;
	bool good = ask(c,
	    "SELECT current_user, current_database(), current_setting('server_version'), "
	    "floor(extract(epoch FROM clock_timestamp()))::bigint, "
	    "current_setting('transaction_read_only')",
	    &rows);
	if (good) {
		check_put(CHECK_OK, "target", t->shown, NULL, "PostgreSQL %s, user %s, database %s",
		    pg_cell(&rows, 0, 2).p, pg_cell(&rows, 0, 0).p, pg_cell(&rows, 0, 1).p);
		parse_integer(pg_cell(&rows, 0, 3), 0, INT64_MAX, &there);
		/* Temporary tables can be written in such a session, and only they. */
		if (!slice_is(pg_cell(&rows, 0, 4), "off"))
			check_put(CHECK_FAILED, "target", t->shown, "use the address of the writer",
			    "the session is read-only: a standby, or "
			    "default_transaction_read_only");
	}
	int64_t skew = there - (int64_t)time(NULL);
	pg_rows_free(&rows);
	if (good && pg_encodes_nothing(c))
		check_put(CHECK_WARNED, "encoding", t->shown,
		    "make the database with ENCODING 'UTF8'",
		    "the database is SQL_ASCII: it does not know the encoding of its texts");
	good = good && check_tls(t, c);
	if (good)
		report_skew(t, "the server's", skew, CHECK_WARNED);
	return good;
}

void
check_postgresql(const struct subject *t)
{
	struct pg_connection c;
	pg_open(&c, &(struct pg_settings){.address = t->address,
			.option = "TARGET",
			.password = t->password,
			.program = "check-target",
			.lock_milliseconds = 10000});
	if (db_error_is_set(&c.error) || !check_session(t, &c))
		report_db_error(t, "target", &c.error);
	else if (!round_trip(t, &c))
		report_db_error(t, "round trip", &c.error);
	pg_close(&c);
}
