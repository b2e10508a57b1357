/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "batch/check-target/check_target.h"
#include "common/db/mysql/client.h"
#include "common/db/mysql/target.h"

/* A type, a value as it is sent, and as the server must give it back; in hexadecimal if it is bytes. */
static const struct probe {
	const char *type, *sent;
	bool bytes;
} probes[] = {
    {"BIGINT UNSIGNED", "18446744073709551615", false},
    {"DECIMAL(30,6)", "123456789012345678901234.567890", false},
    {"DOUBLE", "0.1", false},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "日本語 😀", false},
    {"VARBINARY(20)", "\x01\xff\x10", true},
    {"DATE", "2024-02-29", false},
    {"DATETIME(6)", "2026-11-01 23:59:59.123456", false},
    {"JSON", "{\"a\": [1, null]}", false},
};
enum { PROBES = sizeof probes / sizeof *probes };

static bool
ask(struct client *c, const char *sql, struct client_rows *rows)
{
	return client_query(c, slice_of(sql), NULL, 0, rows) &&
	       (rows->n || db_error_set(&c->error, STATUS_BUG, NULL, "%s gave no row", sql));
}

/* A socket, and this machine's own addresses. */
static bool
is_local(const char *address)
{
	struct target target;
	struct db_error error = {0};
	bool local = target_parse(&target, address, "TARGET", &error) &&
		     (target.socket || !target.host || strcmp(target.host, "localhost") == 0 ||
			 strncmp(target.host, "127.", 4) == 0 || strcmp(target.host, "::1") == 0);
	target_free(&target);
	return local;
}

static bool
check_tls(const struct subject *t, struct client *c)
{
	struct client_rows rows = {0};
	bool good = ask(c, "SHOW SESSION STATUS LIKE 'Ssl_version'", &rows),
	     local = is_local(t->address);
	struct slice version = good ? client_cell(&rows, 0, 1) : (struct slice){"", 0};
	if (!good)
		;
	else if (version.n && (local || strstr(t->address, "ssl-ca=")))
		check_put(CHECK_OK, "TLS", t->shown, NULL, "%s", version.p);
	else if (version.n)
		check_put(CHECK_WARNED, "TLS", t->shown, "add ssl-ca=FILE to the address",
		    "%s, but the server's certificate is not verified: anyone on the way could be "
		    "the server",
		    version.p);
	else if (local)
		check_put(
		    CHECK_OK, "TLS", t->shown, NULL, "not needed: the server is on this machine");
	else
		check_put(CHECK_WARNED, "TLS", t->shown, "add ssl-ca=FILE to the address",
		    "the connection is not encrypted, and the server is another machine");
	client_rows_free(&rows);
	return good;
}

static bool
round_trip(const struct subject *t, struct client *c)
{
	struct buf make = {0}, put = {0}, get = {0};
	struct value values[PROBES] = {0};
	struct client_rows rows = {0};
	size_t bad = 0;
	buf_put_text(&make, "CREATE TEMPORARY TABLE mam_check_target (");
	buf_put_text(&put, "INSERT INTO mam_check_target VALUES (");
	buf_put_text(&get, "SELECT ");
	for (size_t i = 0; i < PROBES; i++) {
		buf_printf(&make, "%sc%zu %s", i ? ", " : "", i, probes[i].type);
		buf_put_text(&put, i ? ", ?" : "?");
		buf_printf(&get, "%sc%zu", i ? ", " : "", i);
		values[i].type = probes[i].bytes ? VALUE_BYTES : VALUE_TEXT;
		values[i].s = slice_of(probes[i].sent);
	}
	buf_put_text(&make, ")");
	buf_put_text(&put, ")");
	buf_printf(&get, " FROM mam_check_target%c", '\0');
	buf_check(&make, "a statement", NULL);
	buf_check(&put, "a statement", NULL);
	buf_check(&get, "a statement", NULL);
	bool good = client_execute(c, buf_slice(&make), NULL, 0, NULL) &&
		    client_execute(c, buf_slice(&put), values, PROBES, NULL) &&
		    ask(c, get.p, &rows);
	for (size_t i = 0; good && i < PROBES; i++) {
		if (slice_is(client_cell(&rows, 0, i), probes[i].sent))
			continue;
		bad++;
		check_put(CHECK_FAILED, "round trip", t->shown,
		    "check the server's character set and sql_mode",
		    "%s: the value came back as %s", probes[i].type,
		    quoted(client_cell(&rows, 0, i)));
	}
	client_rows_free(&rows);
	if (good && client_run(c, "DROP TEMPORARY TABLE mam_check_target") && !bad)
		check_put(CHECK_OK, "round trip", t->shown, NULL,
		    "%d types came back as they were, from a temporary table", PROBES);
	buf_free(&make);
	buf_free(&put);
	buf_free(&get);
	return !db_error_is_set(&c->error);
}

/* Temporary tables can be written on a server that refuses every other write. */
static bool
check_server(const struct subject *t, struct client *c)
{
	struct client_rows rows = {0};
	bool good = ask(c,
	    "SELECT CURRENT_USER(), COALESCE(DATABASE(), ''), @@GLOBAL.read_only, "
	    "@@GLOBAL.local_infile, "
	    "@@character_set_database, UNIX_TIMESTAMP()",
	    &rows);
	int64_t there = 0;
	if (!good) {
		client_rows_free(&rows);
		return false;
	}
	parse_integer(client_cell(&rows, 0, 5), 0, INT64_MAX, &there);
	int64_t skew = there - (int64_t)time(NULL);
	check_put(CHECK_OK, "target", t->shown, NULL, "%s, user %s, database %s", client_version(c),
	    client_cell(&rows, 0, 0).p, client_cell(&rows, 0, 1).p);
	if (!slice_is(client_cell(&rows, 0, 2), "0") && !slice_is(client_cell(&rows, 0, 2), "OFF"))
		check_put(CHECK_FAILED, "target", t->shown, "use the address of the writer",
		    "the server is read-only: a replica, or in a failover");
	if (!slice_is(client_cell(&rows, 0, 3), "1") && !c->no_local_infile)
		check_put(CHECK_WARNED, "local_infile", t->shown,
		    "set local_infile=ON at the server, or add local-infile=0 to the address",
		    "the server takes no LOAD DATA LOCAL: rows are loaded by INSERT, which is "
		    "slower");
	if (!slice_is(client_cell(&rows, 0, 4), "utf8mb4") && client_cell(&rows, 0, 1).n)
		check_put(CHECK_WARNED, "encoding", t->shown,
		    "ALTER DATABASE ... CHARACTER SET utf8mb4, for tables to come",
		    "the character set of the database is %s: it cannot hold every character",
		    client_cell(&rows, 0, 4).p);
	client_rows_free(&rows);
	if (!check_tls(t, c))
		return false;
	report_skew(t, "the server's", skew, CHECK_WARNED);
	return true;
}

void
check_mysql(const struct subject *t)
{
	struct client c;
	client_open(&c, &(struct client_settings){.address = t->address,
			    .option = "TARGET",
			    .password = t->password,
			    .lock_milliseconds = 10000});
	if (db_error_is_set(&c.error) || !check_server(t, &c))
		report_db_error(t, "target", &c.error);
	else if (!round_trip(t, &c))
		report_db_error(t, "round trip", &c.error);
	client_close(&c);
}
