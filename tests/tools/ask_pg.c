/* SPDX-License-Identifier: MIT */
/*
 * ask_pg: the database layer of PostgreSQL (common/db/pg) without a loader, for its tests.
 *
 *	ask_pg ADDRESS WORD [ARGUMENT] ...
 *
 * Does one thing a word and prints its outcome on a line: rows as "row a|b", errors as
 * "error STATUS CODE text". After an error the others report the same one until "clear".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/db/pg/describe.h"
#include "common/db/pg/pg.h"

static struct pg_connection connection;

static void
show_error(void)
{
	const struct db_error *e = &connection.error;

	printf("error %d %s", (int)e->status, *e->code ? e->code : "-");
	if (e->row > 0)
		printf(" row %" PRIu64, e->row);
	printf("%s %s\n", e->lost ? " lost" : "", e->text);
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
show_row(const struct pg_rows *rows, size_t row)
{
	printf("row ");
	for (size_t i = 0; i < rows->columns; i++) {
		struct slice cell = pg_cell(rows, row, i);
		if (pg_cell_null(rows, row, i))
			cell = SLICE("NULL");
		printf("%s%.*s", i > 0 ? "|" : "", (int)cell.n, cell.p);
	}
	puts("");
}

static void
execute(const char *sql)
{
	uint64_t rows = 0;

	if (pg_execute(&connection, slice_of(sql), NULL, 0, &rows))
		printf("touched %" PRIu64 "\n", rows);
	else
		show_error();
}

static void
query(const char *sql, const char *parameter)
{
	struct pg_parameter p = {.data = slice_of(parameter ? parameter : "")};
	struct pg_rows rows;

	if (!pg_query(&connection, slice_of(sql), &p, parameter != NULL, &rows)) {
		show_error();
		return;
	}
	for (size_t i = 0; i < rows.n; i++)
		show_row(&rows, i);
	printf("rows %zu\n", rows.n);
	pg_rows_free(&rows);
}

/* All rows one by one; shows the first and the last, and the type of each column. */
static void
stream(const char *sql, bool binary)
{
	struct pg_rows row = {0};
	enum pg_step step = PG_FAILED;
	uint64_t n = 0, bytes = 0;

	if (pg_stream_begin(&connection, slice_of(sql), NULL, 0, binary))
		while ((step = pg_stream_next(&connection, &row)) == PG_MORE) {
			if (n++ < 2 && !binary)
				show_row(&row, 0);
			for (size_t i = 0; i < row.columns; i++)
				bytes += pg_cell(&row, 0, i).n;
		}
	if (step == PG_FAILED)
		show_error();
	printf(
	    "%s %" PRIu64 " rows, %" PRIu64 " bytes", step == PG_END ? "end" : "failed", n, bytes);
	for (size_t i = 0; i < row.columns; i++)
		printf(" %s:%" PRIu32, pg_column_name(&row, i).p, pg_column_type(&row, i));
	puts("");
	pg_rows_free(&row);
}

/* Standard input goes in. */
static void
copy_in(const char *sql)
{
	char block[65536];
	ssize_t n;
	uint64_t rows;
	bool good = pg_copy_begin(&connection, sql);

	while (good && (n = read(STDIN_FILENO, block, sizeof block)) > 0)
		good = pg_copy_send(&connection, (struct slice){block, (size_t)n});
	if (good && pg_copy_end(&connection, &rows))
		printf("kept %" PRIu64 "\n", rows);
	else
		show_error();
}

/* The data goes to the file, the outcome to standard output. */
static void
copy_out(const char *sql, const char *path)
{
	struct slice block;
	enum pg_step step = PG_FAILED;
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		exit(1);
	}
	if (pg_copy_out_begin(&connection, sql))
		while ((step = pg_copy_out_next(&connection, &block)) == PG_MORE)
			fwrite(block.p, 1, block.n, file);
	fclose(file);
	if (step == PG_END)
		puts("end");
	else
		show_error();
}

static void
describe(const char *name)
{
	struct pg_table table = {0};
	struct sql_table sql = {.name = slice_of(name)};
	bool same = false;

	if (!pg_table_describe(&connection, &table, &sql)) {
		show_error();
		pg_table_free(&table);
		return;
	}
	printf("table %s\n", table.oid == 0 ? "absent" : table.no_rows ? table.no_rows : "found");
	for (size_t i = 0; i < table.n; i++) {
		const struct column *c = &table.columns[i];
		printf("column %.*s %.*s%s\n", (int)c->name.n, c->name.p, (int)c->type.n, c->type.p,
		    c->nullable ? "" : " not null");
	}
	if (table.oid != 0 && pg_table_unchanged(&connection, &table, &same))
		printf("unchanged %d\n", same);
	pg_table_free(&table);
}

static void
lock(const char *name)
{
	bool taken;

	if (pg_try_lock(&connection, slice_of(name), &taken))
		puts(taken ? "taken" : "not taken");
	else
		show_error();
}

static void
commit(void)
{
	enum db_commit end = pg_commit(&connection);

	puts(end == DB_COMMITTED ? "committed" : end == DB_COMMIT_FAILED ? "failed" : "unknown");
	if (end != DB_COMMITTED)
		show_error();
}

static void
warn(void *context, const char *text)
{
	(void)context;
	printf("warning %s\n", text);
}

/* Words with an argument. */
static bool
do_argument(const char *word, char **argument)
{
	if (strcmp(word, "run") == 0)
		show(pg_run(&connection, *argument));
	else if (strcmp(word, "execute") == 0)
		execute(*argument);
	else if (strcmp(word, "prepare") == 0)
		show(pg_prepare(&connection, *argument));
	else if (strcmp(word, "query") == 0)
		query(*argument, NULL);
	else if (strcmp(word, "stream") == 0)
		stream(*argument, false);
	else if (strcmp(word, "stream-binary") == 0)
		stream(*argument, true);
	else if (strcmp(word, "begin-stream") == 0)
		show(pg_stream_begin(&connection, slice_of(*argument), NULL, 0, false));
	else if (strcmp(word, "copy-in") == 0)
		copy_in(*argument);
	else if (strcmp(word, "describe") == 0)
		describe(*argument);
	else if (strcmp(word, "lock") == 0)
		lock(*argument);
	else if (strcmp(word, "unlock") == 0)
		show(pg_unlock(&connection, slice_of(*argument)));
	else if (strcmp(word, "shell") == 0)
		printf("shell %d\n", system(*argument));
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct pg_settings settings = {.option = "ADDRESS", .program = "ask_pg", .warn = warn};

	if (argc < 2)
		return 64;
	setvbuf(stdout, NULL, _IOLBF, 0);
	settings.address = argv[1];
	show(pg_open(&connection, &settings));
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "clear") == 0)
			db_error_clear(&connection.error);
		else if (strcmp(argv[i], "commit") == 0)
			commit();
		else if (strcmp(argv[i], "close") == 0)
			pg_close(&connection);
		else if (i + 2 < argc && strcmp(argv[i], "ask") == 0) {
			query(argv[i + 1], argv[i + 2]);
			i += 2;
		} else if (i + 2 < argc && strcmp(argv[i], "copy-out") == 0) {
			copy_out(argv[i + 1], argv[i + 2]);
			i += 2;
		} else if (i + 1 < argc && do_argument(argv[i], &argv[i + 1]))
			i++;
		else
			return 64;
	}
	pg_close(&connection);
	return 0;
}
