/* SPDX-License-Identifier: MIT */
/*
 * load-pg loads records into a PostgreSQL table: all of them in one transaction, or
 * none. The life of a load is common/load/load.c; here is PostgreSQL's part of it.
 * Rows go by binary COPY (rows.c) into the table or, where the mode compares, into
 * a temporary one. The limits of columns come from the catalog, so that a value that
 * does not fit is reported with its record before anything is sent. The connection, the
 * catalog and the meaning of errors are common/db/pg; server.c decides to die of one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "common/db/pg/written.h"
#include "common/load/load.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "stages/load-pg/parse.h"
#include "stages/load-pg/rows.h"
#include "stages/load-pg/server.h"

static const char *to, *password;
static const struct option_row options[] = {
    {.name = "to",
	.word = "URL",
	.help =
	    "the database: postgresql://USER@HOST:PORT/DATABASE; else PGHOST, PGDATABASE ... count",
	.kind = OPTION_TEXT,
	.to.text = &to},
    {.name = "password",
	.word = "SECRET",
	.help = "name of the password: env:NAME or file:PATH; else PGPASSWORD or .pgpass counts",
	.kind = OPTION_TEXT,
	.to.text = &password},
    {0},
};
static const struct option_row *const tables[] = {options, load_options, reject_options, NULL};
static const struct program program = {
    .name = "load-pg",
    .about = "Loads records into a PostgreSQL table, all of them or none.",
    .tables = tables,
};

static struct pg_table target;
static struct pg_written before; /* the rows of the mode were */
static char transaction[32];     /* its number on the server; empty while it has none */

static void
open_database(void *d, const struct load *l)
{
	struct secret secret = {0};

	(void)d;
	if (password)
		secret_load(&secret, "password", password);
	server_open(to, secret_value(&secret).p, l->lock_timeout);
	secret_wipe(&secret);
}

static bool
describe(void *d, struct sql_table *table, const struct column **columns, size_t *n)
{
	(void)d;
	server_check(pg_table_describe(server(), &target, table));
	if (target.oid == 0)
		return false;
	if (target.no_rows)
		die(STATUS_REFUSED, "%s is %s, which takes no rows", quoted(table->name),
		    target.no_rows);
	table->schema = target.schema;
	*columns = target.columns;
	*n = target.n;
	return true;
}

static bool
needs_stage(void *d)
{
	(void)d;
	return target.needs_insert;
}

/* Keeps other loads out until the transaction ends; other programs are not held up. */
static void
lock_out(const char *name, struct slice key)
{
	struct buf sql = {0};
	struct pg_parameter parameters[] = {{.data = slice_of(name)}, {.data = key}};

	buf_put_text(&sql, "SELECT pg_catalog.pg_advisory_xact_lock("
			   "pg_catalog.hashtext($1), pg_catalog.hashtext($2))");
	buf_check(&sql, "a statement", NULL);
	server_execute(buf_slice(&sql), parameters, 2);
	buf_free(&sql);
}

static void
begin(void *d, const struct load *l, bool whole)
{
	struct buf sql = {0};

	(void)d;
	/* What is committed while a statement waits for its lock must be seen by the next one. */
	server_run("BEGIN ISOLATION LEVEL READ COMMITTED");
	buf_printf(&sql, "SET LOCAL lock_timeout = %" PRId64, l->lock_timeout);
	buf_check(&sql, "a statement", NULL);
	server_execute(buf_slice(&sql), NULL, 0);
	buf_free(&sql);
	server_begin_session();
	server_run("SET LOCAL client_min_messages = 'warning'");
	if (whole)
		lock_out("mam-etl create", slice_of(l->table_text));
}

static void
publish(void *d, const struct load *l)
{
	char oid[16];

	(void)d;
	snprintf(oid, sizeof oid, "%" PRIu32, target.oid);
	if (l->mode == LOAD_UPSERT || l->mode == LOAD_DELETE_INSERT)
		lock_out("mam-etl load", slice_of(oid));
	if (l->mode == LOAD_UPSERT)
		server_check(pg_written(server(), target.oid, &before));
}

static bool
inserted(void *d, uint64_t touched, uint64_t *n)
{
	struct pg_written now;

	(void)d;
	server_check(pg_written(server(), target.oid, &now));
	*n = now.inserted - before.inserted;
	/* Known only when the counts add up to the rows that the statement touched. */
	return *n + (now.updated - before.updated) == touched;
}

/* Before the commit: after one whose answer is lost, the server cannot be asked. */
static void
note_transaction(void)
{
	struct pg_rows rows = server_query(SLICE("SELECT pg_catalog.txid_current()"));
	struct slice s = pg_cell(&rows, 0, 0);

	snprintf(transaction, sizeof transaction, "%.*s", (int)s.n, s.p);
	pg_rows_free(&rows);
}

static void
commit(void *d, const struct load *l)
{
	char unknown[400];
	/* To append twice is to have the rows twice; the other modes may just be run again. */
	bool again = l->mode != LOAD_APPEND;

	(void)d;
	note_transaction();
	snprintf(unknown, sizeof unknown,
	    "the connection was lost before COMMIT was answered: whether the rows were loaded is "
	    "not known. SELECT txid_status(%s) on the same server answers committed or aborted%s",
	    transaction,
	    again ? "; to load again is safe in this mode" : "; look before you load again");
	enum db_commit end = pg_commit(server());
	if (end == DB_COMMIT_UNKNOWN)
		die(again ? STATUS_TRY_AGAIN : STATUS_REFUSED, "%s", unknown);
	server_check(end == DB_COMMITTED);
}

static void
rollback(void *d, const struct load *l)
{
	(void)d;
	(void)l;
	server_run("ROLLBACK");
}

static uint64_t
execute(void *d, struct slice sql, const struct value *parameters, size_t n, bool *twice)
{
	(void)d;
	if (n > 0) {
		/* The bounds of a window may be texts that the server parses. */
		server_our_settings();
		return rows_execute(sql, parameters, n);
	}
	server_their_settings();
	if (!twice)
		return rows_execute(sql, parameters, n);
	/* An error would end the transaction: it goes on from here. */
	server_run("SAVEPOINT mam_upsert");
	uint64_t rows = 0;
	*twice = !server_execute_unless("21000", sql, &rows);
	server_run(*twice ? "ROLLBACK TO SAVEPOINT mam_upsert" : "RELEASE SAVEPOINT mam_upsert");
	return rows;
}

static bool
query(void *d, struct slice sql, struct buf *row)
{
	struct pg_rows rows = server_query(sql);
	bool found = rows.n > 0;

	(void)d;
	for (size_t i = 0; found && i < rows.columns; i++) {
		struct slice name = pg_column_name(&rows, i), value = pg_cell(&rows, 0, i);
		buf_printf(row, "%s%.*s=%s", i > 0 ? ", " : "", (int)name.n, name.p,
		    pg_cell_null(&rows, 0, i) ? "NULL" : quoted(value));
	}
	pg_rows_free(&rows);
	buf_check(row, "a row", NULL);
	return found;
}

static bool
cell(void *d, struct slice sql, struct buf *text)
{
	struct pg_rows rows = server_query(sql);
	bool found = rows.n > 0 && !pg_cell_null(&rows, 0, 0);

	(void)d;
	if (found)
		buf_put_slice(text, pg_cell(&rows, 0, 0));
	pg_rows_free(&rows);
	return found;
}

static void
parse(void *d, const struct column *c, struct load_text *texts, size_t n, struct buf *bytes)
{
	(void)d;
	rows_pause();
	parse_texts(c, target.rules[c - target.columns], texts, n, bytes);
}

static void
rows_begin(void *d, const struct load *l)
{
	(void)d;
	rows_open(&target, l);
}

static void
row(void *d, const struct load *l, const struct value *values)
{
	(void)d;
	rows_put(values, l->n);
}

static uint64_t
rows_end(void *d, const struct load *l)
{
	(void)d;
	(void)l;
	return rows_close();
}

static const struct load_driver driver = {
    .dialect = SQL_POSTGRES,
    .detects_twice = true,
    .open = open_database,
    .describe = describe,
    .needs_stage = needs_stage,
    .begin = begin,
    .execute = execute,
    .inserted = inserted,
    .query = query,
    .cell = cell,
    .parse = parse,
    .rows_begin = rows_begin,
    .row = row,
    .rows_end = rows_end,
    .publish = publish,
    .commit = commit,
    .rollback = rollback,
};

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	load_run(&driver, NULL);
	return STATUS_OK;
}
