/* SPDX-License-Identifier: MIT */
/*
 * ask_mysql: the database layer of MySQL and MariaDB (common/db/mysql) without a loader, for its tests.
 *
 *	ask_mysql ADDRESS WORD [ARGUMENT] ...
 *
 * Does one thing a word and prints its outcome on a line: rows as "row a|b", errors as
 * "error STATUS CODE text". After an error the others report the same one until "clear".
 *
 *	run SQL              a statement without parameters
 *	execute SQL N A...   a statement with N text parameters, and the rows that it touched
 *	query SQL N A...     all rows of a query with N text parameters
 *	values               a query that returns a value of each type that a parameter may have
 *	stream SQL N A...    the rows one by one: the first two, their number and the columns' types
 *	begin-stream SQL     begins to read rows
 *	next N               reads N of them
 *	describe TABLE       its columns
 *	lock NAME, unlock NAME
 *	commit, rollback, close, open
 *	shell COMMAND        runs a command of the shell
 *	clear                forgets the error
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/mysql/describe.h"

enum { PARAMETERS_MAX = 100 };

static struct client connection;
static struct client_rows streamed;
static const char *address;

/* Arguments of the word that is being done; a word takes some off the front. */
static char **next;

static const char *
take(void)
{
	if (!*next)
		exit(64);
	return *next++;
}

/* N and as many texts; "NULL" is null. */
static size_t
take_parameters(struct value *parameters)
{
	size_t n = strtoul(take(), NULL, 10);

	for (size_t i = 0; i < n && i < PARAMETERS_MAX; i++) {
		parameters[i] = (struct value){.type = VALUE_TEXT, .s = slice_of(take())};
		if (slice_is(parameters[i].s, "NULL"))
			parameters[i].type = VALUE_NULL;
	}
	return n;
}

static void
show_error(void)
{
	const struct db_error *e = &connection.error;

	printf("error %d %s%s %s\n", (int)e->status, *e->code ? e->code : "-",
	    e->lost ? " lost" : "", e->text);
}

static void
show(bool good)
{
	if (good)
		puts("good");
	else
		show_error();
}

static void
open_address(void)
{
	struct client_settings settings = {.address = address, .option = "ADDRESS"};

	show(client_open(&connection, &settings));
}

static void
show_row(struct client_rows *rows, size_t row)
{
	printf("row ");
	for (size_t i = 0; i < rows->columns; i++) {
		struct slice cell = client_cell(rows, row, i);
		if (client_cell_null(rows, row, i))
			cell = SLICE("NULL");
		printf("%s%.*s", i > 0 ? "|" : "", (int)cell.n, cell.p);
	}
	puts("");
}

static void
execute(void)
{
	struct value parameters[PARAMETERS_MAX];
	struct slice sql = slice_of(take());
	size_t n = take_parameters(parameters);
	uint64_t touched = 0;

	if (client_execute(&connection, sql, parameters, n, &touched))
		printf("touched %" PRIu64 "\n", touched);
	else
		show_error();
}

/* From the last row to the first, so that any order is seen to work. */
static void
show_rows(struct slice sql, const struct value *parameters, size_t n)
{
	struct client_rows rows;

	if (!client_query(&connection, sql, parameters, n, &rows)) {
		show_error();
		return;
	}
	for (size_t i = rows.n; i > 0; i--)
		show_row(&rows, i - 1);
	printf("rows %zu\n", rows.n);
	client_rows_free(&rows);
}

static void
query(void)
{
	struct value parameters[PARAMETERS_MAX];
	struct slice sql = slice_of(take());
	size_t n = take_parameters(parameters);

	show_rows(sql, parameters, n);
}

static void
query_values(void)
{
	static const struct value values[] = {
	    {.type = VALUE_NULL},
	    {.type = VALUE_INT, .i = -5},
	    {.type = VALUE_INT, .huge = true, .u = UINT64_MAX},
	    {.type = VALUE_FLOAT, .f = 0.1},
	    {.type = VALUE_DECIMAL, .s = {"12345678901234567890.10", 23}},
	    {.type = VALUE_BYTES, .s = {"\0'\\\xff", 4}},
	    {.type = VALUE_DATE, .i = 1},
	    {.type = VALUE_TIMESTAMP, .at = {.seconds = 3600, .nanoseconds = 500000000}},
	};

	connection.clock_offset = 7200;
	show_rows(
	    SLICE("SELECT ?, ?, ?, ?, ?, HEX(?), ?, ?"), values, sizeof values / sizeof values[0]);
}

static void
show_types(const struct client_rows *rows)
{
	for (size_t i = 0; i < rows->columns; i++) {
		struct slice name = client_column_name(rows, i);
		struct client_type t = client_column_type(rows, i);
		printf(" %.*s:%u%s%s", (int)name.n, name.p, t.number,
		    t.is_unsigned ? " unsigned" : "", t.binary ? " binary" : "");
	}
	puts("");
}

static void
stream(void)
{
	struct value parameters[PARAMETERS_MAX];
	struct slice sql = slice_of(take());
	size_t n = take_parameters(parameters);
	enum client_step step = CLIENT_FAILED;
	uint64_t rows = 0;

	if (client_stream_begin(&connection, sql, parameters, n))
		while ((step = client_stream_next(&connection, &streamed)) == CLIENT_MORE)
			if (rows++ < 2)
				show_row(&streamed, 0);
	if (step == CLIENT_FAILED)
		show_error();
	printf("%s %" PRIu64 " rows", step == CLIENT_END ? "end" : "failed", rows);
	show_types(&streamed);
	client_rows_free(&streamed);
}

static void
read_some(void)
{
	uint64_t wanted = strtoull(take(), NULL, 10), rows = 0;

	while (rows < wanted && client_stream_next(&connection, &streamed) == CLIENT_MORE)
		rows++;
	if (rows < wanted)
		show_error();
	else
		show_row(&streamed, 0);
}

static void
describe(void)
{
	struct client_table table = {0};
	struct sql_table name = {.name = slice_of(take())};
	bool same = false;

	if (!client_table_describe(&connection, &table, &name)) {
		show_error();
		client_table_free(&table);
		return;
	}
	printf("table %s%.*s%s\n",
	    !table.found    ? "absent"
	    : table.is_view ? "view"
			    : "",
	    (int)table.engine.n, table.engine.p ? table.engine.p : "",
	    table.transactional ? " transactions" : "");
	for (size_t i = 0; i < table.n; i++) {
		const struct column *c = &table.columns[i];
		printf("column %.*s %.*s%s%s", (int)c->name.n, c->name.p, (int)c->type.n, c->type.p,
		    c->nullable ? "" : " not null", c->kind == COLUMN_JSON ? " json" : "");
		for (size_t k = 0; k < c->n_members; k++)
			printf(" [%.*s]", (int)c->members[k].n, c->members[k].p);
		puts("");
	}
	if (table.found && client_table_unchanged(&connection, &table, &name, &same))
		printf("unchanged %d\n", same);
	client_table_free(&table);
}

static void
lock(void)
{
	bool taken;

	if (client_lock(&connection, slice_of(take()), 0, &taken))
		puts(taken ? "taken" : "not taken");
	else
		show_error();
}

static void
commit(void)
{
	enum db_commit end = client_commit(&connection);

	puts(end == DB_COMMITTED ? "committed" : end == DB_COMMIT_FAILED ? "failed" : "unknown");
	if (end != DB_COMMITTED)
		show_error();
}

static void
do_word(const char *word)
{
	if (strcmp(word, "run") == 0)
		show(client_run(&connection, take()));
	else if (strcmp(word, "execute") == 0)
		execute();
	else if (strcmp(word, "query") == 0)
		query();
	else if (strcmp(word, "values") == 0)
		query_values();
	else if (strcmp(word, "stream") == 0)
		stream();
	else if (strcmp(word, "begin-stream") == 0)
		show(client_stream_begin(&connection, slice_of(take()), NULL, 0));
	else if (strcmp(word, "next") == 0)
		read_some();
	else if (strcmp(word, "describe") == 0)
		describe();
	else if (strcmp(word, "lock") == 0)
		lock();
	else if (strcmp(word, "unlock") == 0)
		show(client_unlock(&connection, slice_of(take())));
	else if (strcmp(word, "commit") == 0)
		commit();
	else if (strcmp(word, "rollback") == 0)
		show(client_rollback(&connection));
	else if (strcmp(word, "close") == 0)
		client_close(&connection);
	else if (strcmp(word, "open") == 0)
		open_address();
	else if (strcmp(word, "shell") == 0)
		printf("shell %d\n", system(take()));
	else if (strcmp(word, "clear") == 0)
		client_clear(&connection);
	else
		exit(64);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 64;
	setvbuf(stdout, NULL, _IOLBF, 0);
	address = argv[1];
	next = argv + 2;
	open_address();
	while (*next)
		do_word(take());
	client_close(&connection);
	return 0;
}
