/* SPDX-License-Identifier: MIT */
/*
 * ask_sqlite: the database layer of SQLite (common/db/sqlite) without a loader, for its tests.
 *
 *	ask_sqlite FILE WORD [ARGUMENT] ...
 *
 * Does one thing a word and prints its outcome on a line: rows as "row a|b", errors as
 * "error STATUS CODE text". After an error the others report the same one until "clear".
 *
 *	create         opens the file, and makes it if it is missing
 *	open           opens the file
 *	close
 *	run SQL        a statement without rows
 *	execute SQL    the same, with the rows that it touched
 *	query SQL      all rows
 *	execute-with SQL TEXT, query-with SQL TEXT   the same with the text as the parameter; "NULL" is null
 *	insert SQL N   the prepared statement N times, with the parameters 1, 2, … and "text"
 *	describe TABLE its columns
 *	lock, commit   the transaction
 *	shell COMMAND  runs a command of the shell
 *	clear          forgets the error
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/sqlite/describe.h"

static struct sqlite_connection connection;
static const char *file;

static void
show(bool good)
{
	const struct db_error *e = &connection.error;

	if (good) {
		puts("good");
		return;
	}
	printf("error %d %s", (int)e->status, *e->code ? e->code : "-");
	if (e->row > 0)
		printf(" row %" PRIu64, e->row);
	printf("%s %s\n", e->lost ? " lost" : "", e->text);
}

static void
open_file(bool create)
{
	struct sqlite_settings settings = {.file = file, .create = create, .lock_timeout = 50};

	show(sqlite_open(&connection, &settings));
}

static struct value
parameter_of(const char *text)
{
	if (!text || strcmp(text, "NULL") == 0)
		return (struct value){.type = VALUE_NULL};
	return (struct value){.type = VALUE_TEXT, .s = slice_of(text)};
}

static void
execute(const char *sql, const char *text)
{
	struct value parameter = parameter_of(text);
	uint64_t touched;

	if (sqlite_execute(&connection, slice_of(sql), &parameter, text != NULL, &touched))
		printf("touched %" PRIu64 "\n", touched);
	else
		show(false);
}

static void
query(const char *sql, const char *text)
{
	struct sqlite_statement *s = sqlite_prepare(&connection, slice_of(sql));
	struct value parameter = parameter_of(text);
	bool row;

	if (text)
		sqlite_bind(s, &parameter, 1);
	while (sqlite_next(s, &row) && row) {
		printf("row ");
		for (int i = 0; sqlite_column_name(s, i); i++) {
			struct slice cell = sqlite_null(s, i) ? SLICE("NULL") : sqlite_text(s, i);
			printf("%s%.*s", i > 0 ? "|" : "", (int)cell.n, cell.p);
		}
		puts("");
	}
	show(sqlite_finish(s));
}

static void
insert(const char *sql, const char *times)
{
	struct sqlite_statement *s = sqlite_prepare(&connection, slice_of(sql));
	struct value values[2] = {{.type = VALUE_INT}, {.type = VALUE_TEXT, .s = SLICE("text")}};
	int64_t last = strtoll(times, NULL, 10), n = 0;
	bool taken = false;

	for (int64_t i = 1; i <= last; i++) {
		values[0].i = i;
		if (!sqlite_insert(s, values, 2, &taken))
			break;
		n += taken;
	}
	printf("inserted %" PRId64 "\n", n);
	show(sqlite_finish(s));
}

static void
describe(const char *name)
{
	struct sqlite_table table;
	bool same = false, good = sqlite_describe(&connection, &table, slice_of(name));

	if (good && !table.found)
		puts("none");
	else if (good && *table.no_rows)
		printf("a %s\n", table.no_rows);
	for (size_t i = 0; i < table.n; i++)
		printf("column %s %s%s\n", table.columns[i].name.p, table.columns[i].type.p,
		    table.columns[i].nullable ? "" : " NOT NULL");
	show(good && sqlite_unchanged(&connection, &table, slice_of(name), &same) && same);
	sqlite_table_free(&table);
}

static void
commit(void)
{
	static const char *const outcomes[] = {"committed", "failed", "unknown"};
	bool unlocked;

	puts(outcomes[sqlite_commit(&connection, &unlocked)]);
}

/* Returns how many arguments the word took. */
static int
do_word(const char *word, char **arguments)
{
	if (strcmp(word, "create") == 0 || strcmp(word, "open") == 0)
		open_file(*word == 'c');
	else if (strcmp(word, "close") == 0)
		sqlite_close(&connection);
	else if (strcmp(word, "lock") == 0)
		show(sqlite_lock(&connection));
	else if (strcmp(word, "commit") == 0)
		commit();
	else if (strcmp(word, "clear") == 0)
		db_error_clear(&connection.error);
	else if (!arguments[0])
		exit(64);
	else if (strcmp(word, "run") == 0)
		return show(sqlite_run(&connection, arguments[0])), 1;
	else if (strcmp(word, "execute") == 0)
		return execute(arguments[0], NULL), 1;
	else if (strcmp(word, "query") == 0)
		return query(arguments[0], NULL), 1;
	else if (strcmp(word, "describe") == 0)
		return describe(arguments[0]), 1;
	else if (strcmp(word, "shell") == 0)
		return fflush(stdout), printf("shell %d\n", system(arguments[0])), 1;
	else if (strcmp(word, "execute-with") == 0 && arguments[1])
		return execute(arguments[0], arguments[1]), 2;
	else if (strcmp(word, "query-with") == 0 && arguments[1])
		return query(arguments[0], arguments[1]), 2;
	else if (strcmp(word, "insert") == 0 && arguments[1])
		return insert(arguments[0], arguments[1]), 2;
	else
		exit(64);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 64;
	file = argv[1];
	for (int i = 2; i < argc; i++)
		i += do_word(argv[i], argv + i + 1);
	sqlite_close(&connection);
	return 0;
}
