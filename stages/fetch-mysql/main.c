/* SPDX-License-Identifier: MIT */
/*
 * fetch-mysql reads a query or a table of MySQL or MariaDB as typed records, in one transaction
 * that only reads and sees one state of the database. Rows are taken from the server as it finds
 * them. The life of it is common/extract/extract.c.
 */
#include <inttypes.h>
#include <signal.h>

#include "common/db/mysql/client.h"
#include "common/extract/extract.h"
#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/sql/mysql_read.h"

static const struct option_row *const tables[] = {extract_options, NULL};
static const struct program program = {
    .name = "fetch-mysql",
    .about = "Reads a query or a table of MySQL or MariaDB as records.",
    .tables = tables,
};

static struct {
	struct client client;
	enum mysql_read *reads;
	size_t n;
	struct client_rows row;
} f;

static void
check(bool good)
{
	enum { SYNTAX = 1064, READ_ONLY = 1792, NAME_TWICE = 1060 };
	const struct db_error *e = &f.client.error;
	if (good)
		return;
	if (f.client.number == NAME_TWICE)
		die(STATUS_USAGE,
		    "two columns of the query have the same name: give one of them another name "
		    "with AS "
		    "(%s)",
		    e->text);
	/* The statement is the user's, and it is our transaction that only reads. */
	bool theirs = f.client.number == SYNTAX || f.client.number == READ_ONLY;
	die(theirs ? STATUS_REFUSED : e->status, "%s", e->text);
}

/*
 * Nothing is left to what the server or an init-command has set. A loader that waits for a lock
 * may pause the reading for an hour.
 */
static void
set_session(int64_t lock_timeout)
{
	enum { SECOND = 1000, PAUSE_SECONDS = 3600 };
	int64_t seconds = (lock_timeout + SECOND - 1) / SECOND;
	struct buf sql = {0};
	check(client_run(&f.client, "SET SESSION max_error_count = 64"));
	buf_printf(&sql,
	    "SET SESSION time_zone = '+00:00', sql_big_selects = 1, sql_select_limit = DEFAULT, "
	    "sql_notes = 1, net_read_timeout = %d, net_write_timeout = %d, wait_timeout = %d, "
	    "innodb_lock_wait_timeout = %" PRId64 ", lock_wait_timeout = %" PRId64,
	    PAUSE_SECONDS, PAUSE_SECONDS, PAUSE_SECONDS, seconds, seconds);
	buf_put_byte(&sql, '\0');
	buf_check(&sql, "a statement", NULL);
	check(client_run(&f.client, sql.p));
	buf_free(&sql);
	check(client_run(&f.client, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
	check(client_run(&f.client, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
}

static void
open_database(const struct extract_login *login)
{
	enum { LOCK_MAX = 1000000000 }; /* milliseconds; an int has room for more */
	if (!login->url)
		die(STATUS_USAGE, "--url is missing: the URL of the database");
	const struct client_settings settings = {.address = login->url,
	    .option = "--url",
	    .password = login->password,
	    .lock_milliseconds =
		login->lock_timeout < LOCK_MAX ? (int)login->lock_timeout : LOCK_MAX};
	check(client_open(&f.client, &settings));
	set_session(login->lock_timeout);
}

static void
describe(struct slice sql, const struct value *values, size_t n)
{
	struct buf none = {0};
	struct client_rows rows;
	buf_put_text(&none, "SELECT * FROM (");
	buf_put_slice(&none, sql);
	buf_put_text(&none, ") AS mam_query LIMIT 0");
	buf_check(&none, "a statement", NULL);
	check(client_query(&f.client, buf_slice(&none), values, n, &rows));
	f.n = rows.columns;
	f.reads = xcalloc(f.n, sizeof *f.reads);
	for (size_t i = 0; i < f.n; i++) {
		struct client_type type = client_column_type(&rows, i);
		struct slice name = client_column_name(&rows, i);
		f.reads[i] = extract_wants_text(name) ? MYSQL_READ_TEXT
			     : type.json              ? MYSQL_READ_JSON
						      : mysql_read_of(type.number, type.binary);
		extract_add(name, mysql_read_type(f.reads[i]));
	}
	client_rows_free(&rows);
	buf_free(&none);
}

static bool
put_selected(struct buf *b, size_t i, struct slice column)
{
	if (f.reads[i] != MYSQL_READ_FLOAT)
		return false;
	buf_put_slice(b, column);
	buf_put_text(b, " + 0e0");
	return true;
}

static void
begin(struct slice sql, const struct value *values, size_t n)
{
	check(client_stream_begin(&f.client, sql, values, n));
}

static void
put_field(size_t i, struct slice s, struct buf *row)
{
	if (!s.p) {
		mp_buf_nil(row);
	} else if (f.reads[i] == MYSQL_READ_JSON) {
		extract_put_json(i, s, row);
	} else if (f.reads[i] == MYSQL_READ_TEXT) {
		extract_put_text(i, s, row);
	} else {
		const char *wrong = mysql_read_value(f.reads[i], s, row);
		if (wrong == mysql_read_special)
			extract_special(i, s, row);
		else if (wrong)
			extract_fail(i, s, wrong);
	}
}

static bool
next(struct buf *row)
{
	enum client_step step = client_stream_next(&f.client, &f.row);
	check(step != CLIENT_FAILED);
	if (step == CLIENT_END)
		return false;
	if (f.row.columns != f.n)
		die(STATUS_BUG, "a row has %zu columns, the query %zu", f.row.columns, f.n);
	for (size_t i = 0; i < f.n; i++)
		put_field(i, client_cell(&f.row, 0, i), row);
	return true;
}

/* A warning may be a changed value: a text that was cut to a number, a division by zero. */
static void
end(void)
{
	client_rows_free(&f.row);
	check(client_warnings(&f.client));
	check(client_rollback(&f.client));
	client_close(&f.client);
}

static const struct extract_driver driver = {
    .dialect = SQL_MYSQL,
    .open = open_database,
    .describe = describe,
    .put_selected = put_selected,
    .begin = begin,
    .next = next,
    .end = end,
};

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	options_parse(&program, argc, argv);
	/* A server that has gone is an error of the client library's, also where it writes through TLS. */
	signal(SIGPIPE, SIG_IGN);
	extract_run(&driver);
	return STATUS_OK;
}
