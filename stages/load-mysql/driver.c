/* SPDX-License-Identifier: MIT */
/*
 * What common/load/load.h wants of a database, for MySQL and MariaDB: CREATE TABLE cannot be
 * undone, and a warning may be a changed value.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "common/db/mysql/client.h"
#include "common/db/mysql/errors.h"
#include "common/load/load.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "stages/load-mysql/check.h"
#include "stages/load-mysql/driver.h"

static void
run(struct mysql *d, const char *sql)
{
	client_run(&d->client, sql);
	check(&d->client);
}

/* The rows live until the next query. */
static struct client_rows *
query(struct mysql *d, struct slice sql)
{
	client_rows_free(&d->rows_read);
	client_query(&d->client, sql, NULL, 0, &d->rows_read);
	check(&d->client);
	return &d->rows_read;
}

/* One cell of a query without rows in a table. */
static struct slice
ask(struct mysql *d, struct slice sql)
{
	struct client_rows *rows = query(d, sql);

	if (rows->n == 0)
		die(STATUS_BUG, "%s has no answer", quoted(sql));
	return client_cell(rows, 0, 0);
}

/*
 * The offset that the clock of the session has now becomes its time zone: the table's
 * DEFAULTs and triggers see that clock, and a TIMESTAMP has one spelling. In a zone with
 * summer time one hour of the year would have two.
 */
static void
set_zone(struct mysql *d)
{
	enum { MINUTE = 60, HOUR = 60 };
	struct slice now = ask(d, SLICE("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())"));
	int minutes = (int)(strtol(now.p, NULL, 10) / MINUTE);
	struct buf set = {0};

	buf_printf(&set, "SET SESSION time_zone = '%c%02d:%02d'", minutes < 0 ? '-' : '+',
	    abs(minutes) / HOUR, abs(minutes) % HOUR);
	buf_check(&set, "a statement", NULL);
	/* MariaDB knows no offset beyond +13:00, which an island in the Pacific has. */
	client_execute(&d->client, buf_slice(&set), NULL, 0, NULL);
	if (d->client.number != 0) {
		client_clear(&d->client);
		minutes = 0;
		run(d, "SET SESSION time_zone = '+00:00'");
		message("the server has no offset for the time zone of the session; it is UTC for "
			"this load");
	}
	check(&d->client);
	d->client.clock_offset = (int64_t)minutes * MINUTE;
	buf_free(&set);
}

/*
 * Nothing is left to what the server or an init-command has set. Strict for all
 * engines, with the zero dates refused (none is a date) and 0 in an AUTO_INCREMENT
 * column kept as 0; no NO_BACKSLASH_ESCAPES, which LOAD DATA's escapes would not
 * survive, no ANSI_QUOTES, no PAD_CHAR_TO_FULL_LENGTH. A source may pause for an hour; a
 * client that has gone must not keep its locks for longer. MariaDB's own limits for an
 * idle transaction would also count the pauses of the source.
 */
static void
set_session(struct mysql *d, int64_t lock_timeout)
{
	enum { SECOND = 1000, PAUSE_SECONDS = 3600 };
	int64_t seconds = (lock_timeout + SECOND - 1) / SECOND;
	struct buf sql = {0};

	/* First and alone: where it is 0, what the other words are warned of could not be read. */
	run(d, "SET SESSION max_error_count = 64");
	buf_put_text(&sql,
	    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
	    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO',"
	    " autocommit = 0, unique_checks = 1, foreign_key_checks = 1,"
	    " sql_safe_updates = 0, sql_big_selects = 1, sql_select_limit = DEFAULT,"
	    " sql_notes = 1");
	buf_printf(&sql, ", net_read_timeout = %d, net_write_timeout = %d, wait_timeout = %d",
	    PAUSE_SECONDS, PAUSE_SECONDS, PAUSE_SECONDS);
	buf_put_text(&sql, "/*M!100300 , idle_transaction_timeout = 0,"
			   " idle_write_transaction_timeout = 0,"
			   " idle_readonly_transaction_timeout = 0*/");
	buf_printf(&sql, ", innodb_lock_wait_timeout = %" PRId64 ", lock_wait_timeout = %" PRId64,
	    seconds, seconds);
	buf_put_byte(&sql, '\0');
	buf_check(&sql, "a statement", NULL);
	run(d, sql.p);
	set_zone(d);
	run(d, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
	buf_free(&sql);
}

static void
mysql_open(void *p, const struct load *l)
{
	struct mysql *d = p;
	struct secret secret = {0};
	enum { LOCK_MAX = 1000000000 }; /* milliseconds; an int has room for more */

	if (!d->to)
		die(STATUS_USAGE, "--to is missing: the URL of the database");
	load_refuse_password(d->to);
	if (d->password)
		secret_load(&secret, "password", d->password);
	struct client_settings settings = {.address = d->to,
	    .option = "--to",
	    .password = d->password ? secret_value(&secret).p : NULL,
	    .lock_milliseconds = l->lock_timeout < LOCK_MAX ? (int)l->lock_timeout : LOCK_MAX};
	client_open(&d->client, &settings);
	secret_wipe(&secret);
	check(&d->client);
	set_session(d, l->lock_timeout);
	d->rows.client = &d->client;
	d->rows.insert =
	    d->client.no_local_infile || slice_is(ask(d, SLICE("SELECT @@local_infile")), "0");
	d->rows.max_packet = strtoull(ask(d, SLICE("SELECT @@max_allowed_packet")).p, NULL, 10);
}

/* Takes tables that a transaction can undo, and nothing else. */
static void
check_table(const struct client_table *t, const struct sql_table *table)
{
	if (t->is_view)
		die(STATUS_REFUSED, "%s is a view: load into the table that it reads",
		    quoted(table->name));
	if (!t->transactional)
		die(STATUS_REFUSED,
		    "table %s has the engine %.*s, which has no transactions: a load that fails "
		    "could not be undone (ALTER TABLE … ENGINE=InnoDB)",
		    quoted(table->name), (int)t->engine.n, t->engine.p ? t->engine.p : "");
}

static bool
mysql_describe(void *p, struct sql_table *table, const struct column **columns, size_t *n)
{
	struct mysql *d = p;
	static const char reserved[] = "mam-etl ";

	if (table->name.n >= sizeof reserved - 1 &&
	    strncasecmp(table->name.p, reserved, sizeof reserved - 1) == 0)
		die(STATUS_REFUSED,
		    "table %s: names that begin with \"mam-etl \" belong to the temporary tables "
		    "of a load",
		    quoted(table->name));
	client_table_describe(&d->client, &d->table, table);
	check(&d->client);
	if (!d->table.found && table->schema.n == 0 && !ask(d, SLICE("SELECT DATABASE()")).p)
		die(STATUS_USAGE, "neither --to nor --table names a database");
	/* Reading the catalog began a transaction, whose view of the tables must not stay open until the first record. */
	client_rollback(&d->client);
	check(&d->client);
	if (!d->table.found)
		return false;
	check_table(&d->table, table);
	table->schema = d->table.schema;
	*columns = d->table.columns;
	*n = d->table.n;
	return true;
}

static void
mysql_would_have(void *p, const struct load *l, const struct column **columns, size_t *n)
{
	struct mysql *d = p;
	enum value_type *types = xcalloc(l->n, sizeof *types);

	for (size_t i = 0; i < l->n; i++)
		types[i] = l->fields[i].type;
	client_table_planned(&d->client, &d->table, &l->sql, types);
	check(&d->client);
	free(types);
	*columns = d->table.columns;
	*n = d->table.n;
}

/*
 * Any statement keeps others from altering its table until the transaction ends. What was
 * read of the columns before must still be so: a DOUBLE that is a FLOAT by now rounds without a word.
 */
static void
lock_columns(struct mysql *d, const struct load *l)
{
	struct buf sql = {0};
	bool same;

	buf_put_text(&sql, "SELECT 1 FROM ");
	sql_put_table(&sql, SQL_MYSQL, &l->table);
	buf_put_text(&sql, " LIMIT 0");
	buf_check(&sql, "a statement", NULL);
	query(d, buf_slice(&sql));
	buf_free(&sql);
	client_table_unchanged(&d->client, &d->table, &l->table, &same);
	check(&d->client);
	if (!same)
		die(STATUS_TRY_AGAIN, "table %s was altered while the load began",
		    quoted(slice_of(l->table_text)));
}

/*
 * One load at a time changes a table in other ways than by adding rows. Row locks
 * alone would let two loads wait for each other, or both find a key missing. The
 * lock goes with the connection.
 */
static void
lock_table(struct mysql *d, const struct load *l)
{
	struct buf name = {0};
	bool taken;

	sql_put_table(&name, SQL_MYSQL, &l->table);
	buf_check(&name, "a table's name", NULL);
	client_lock(&d->client, buf_slice(&name), l->lock_timeout, &taken);
	check(&d->client);
	if (!taken)
		die(STATUS_TRY_AGAIN,
		    "another load has kept the table %s for longer than --lock-timeout",
		    quoted(slice_of(l->table_text)));
	buf_free(&name);
}

/* A transaction begins by itself with the first statement: autocommit is off, also after a CREATE TABLE. */
static void
mysql_begin(void *p, const struct load *l, bool whole)
{
	if (whole || l->mode == LOAD_TRUNCATE_INSERT)
		lock_table(p, l);
}

static uint64_t
mysql_execute(void *p, struct slice sql, const struct value *parameters, size_t n, bool *twice)
{
	struct mysql *d = p;
	uint64_t rows = 0;

	client_execute(&d->client, sql, parameters, n, &rows);
	if (twice) {
		*twice = d->client.number == MYSQL_DUPLICATE;
		if (*twice)
			client_clear(&d->client);
	}
	check(&d->client);
	return rows;
}

static bool
mysql_inserted(void *p, uint64_t touched, uint64_t *n)
{
	const struct mysql *d = p;

	*n = client_inserted(&d->client);
	return *n <= touched;
}

static bool
mysql_cell(void *p, struct slice sql, struct buf *text)
{
	struct client_rows *rows = query(p, sql);

	if (rows->n == 0 || client_cell_null(rows, 0, 0))
		return false;
	buf_put_slice(text, client_cell(rows, 0, 0));
	return true;
}

static bool
mysql_query(void *p, struct slice sql, struct buf *row)
{
	struct client_rows *rows = query(p, sql);

	if (rows->n == 0)
		return false;
	for (size_t i = 0; i < rows->columns; i++) {
		struct slice name = client_column_name(rows, i), value = client_cell(rows, 0, i);
		buf_printf(row, "%s%.*s=", i > 0 ? ", " : "", (int)name.n, name.p);
		buf_put_text(row, value.p ? quoted(value) : "null");
	}
	buf_check(row, "a row", NULL);
	return true;
}

static void
mysql_rows_begin(void *p, const struct load *l)
{
	struct mysql *d = p;

	lock_columns(d, l);
	if (l->mode == LOAD_UPSERT)
		client_key_index(&d->client, &l->sql, &d->index);
	check(&d->client);
	if (l->mode == LOAD_UPSERT && d->index == KEY_NOT_UNIQUE)
		die(STATUS_REFUSED,
		    "--mode upsert: table %s has no unique index whose columns all are part of "
		    "--key",
		    quoted(slice_of(l->table_text)));
	rows_begin(&d->rows, l);
}

/* ON DUPLICATE KEY UPDATE means any unique index, so it is right only where the table has one. */
static bool
mysql_upserts_at_once(void *p)
{
	const struct mysql *d = p;

	return d->index == KEY_ALONE;
}

static void
mysql_row(void *p, const struct load *l, const struct value *values)
{
	struct mysql *d = p;

	rows_put(&d->rows, l, values);
}

static uint64_t
mysql_rows_end(void *p, const struct load *l)
{
	struct mysql *d = p;

	rows_end(&d->rows, l);
	return d->rows.sent;
}

static void
mysql_publish(void *p, const struct load *l)
{
	if (l->mode == LOAD_UPSERT || l->mode == LOAD_DELETE_INSERT)
		lock_table(p, l);
}

static void
mysql_commit(void *p, const struct load *l)
{
	struct mysql *d = p;
	enum status unknown = l->mode == LOAD_APPEND ? STATUS_REFUSED : STATUS_TRY_AGAIN;

	if (client_commit(&d->client) == DB_COMMIT_UNKNOWN)
		die(unknown, "%s", d->client.error.text);
	check(&d->client);
}

static void
mysql_rollback(void *p, const struct load *l)
{
	struct mysql *d = p;

	(void)l;
	client_rollback(&d->client);
	check(&d->client);
}

const struct load_driver mysql_driver = {
    .dialect = SQL_MYSQL,
    .fold_case = true,
    .detects_twice = true,
    .ddl_commits = true,
    .open = mysql_open,
    .describe = mysql_describe,
    .would_have = mysql_would_have,
    .begin = mysql_begin,
    .execute = mysql_execute,
    .inserted = mysql_inserted,
    .query = mysql_query,
    .cell = mysql_cell,
    .upserts_at_once = mysql_upserts_at_once,
    .rows_begin = mysql_rows_begin,
    .row = mysql_row,
    .rows_end = mysql_rows_end,
    .publish = mysql_publish,
    .commit = mysql_commit,
    .rollback = mysql_rollback,
};
