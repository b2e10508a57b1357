/* SPDX-License-Identifier: MIT */
/*
 * What common/load/load.h wants of a database, for SQLite. A file has one writer at a
 * time, so the lock is taken late: rows that are staged go into the temporary
 * database, which is nobody else's, and only what follows locks the file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/db/sqlite/describe.h"
#include "common/program/message.h"
#include "stages/load-sqlite/driver.h"

static const char *file;
static int64_t patience; /* --lock-timeout */
static struct sqlite_connection database;
static struct sqlite_statement *insert;
static uint64_t taken;            /* rows that no trigger's RAISE(IGNORE) kept out */
static struct sqlite_table table; /* the last one described */
static bool direct; /* rows go into the file's transaction, not into one of the stage alone */
static bool utf16;  /* the file keeps its texts so */

/* Dies if the database has an error. */
static void
check(void)
{
	const struct db_error *e = &database.error;

	if (!db_error_is_set(e))
		return;
	if (e->row > 0)
		die(e->status, "record %" PRIu64 ": %s", load_record_number(), e->text);
	if (strstr(e->text, "ON CONFLICT clause does not match"))
		die(e->status, "--key: the table has no primary key or unique index of exactly "
			       "these fields, and an upsert needs one");
	die(e->status, "%s: %s", quoted(slice_of(file)), e->text);
}

static struct sqlite_statement *
prepare(struct slice sql)
{
	struct sqlite_statement *s = sqlite_prepare(&database, sql);

	check();
	return s;
}

/* True if there is one more row. */
static bool
next(struct sqlite_statement *s)
{
	bool row;

	sqlite_next(s, &row);
	check();
	return row;
}

static void
finish(struct sqlite_statement *s)
{
	sqlite_finish(s);
	check();
}

static void
run(const char *sql)
{
	sqlite_run(&database, sql);
	check();
}

static void
close_database(void)
{
	sqlite_close(&database);
}

static void
open_database(const char *name, bool create)
{
	struct sqlite_settings settings = {.file = name,
	    .create = create,
	    .lock_timeout = patience,
	    .lock_option = "--lock-timeout"};

	/* However the process ends, if not by a signal: no journal is left for the next one to play back. */
	atexit(close_database);
	sqlite_open(&database, &settings);
	check();
	struct sqlite_statement *s = prepare(SLICE("PRAGMA encoding"));
	utf16 = next(s) && !slice_is(sqlite_text(s, 0), "UTF-8");
	finish(s);
}

/* Without a file: the folder that it would be made in must be there. */
static void
check_folder(void)
{
	struct buf folder = {0};
	struct stat st;
	const char *slash = strrchr(file, '/');

	buf_put(&folder, file, slash ? (size_t)(slash - file + 1) : 0);
	buf_put(&folder, ".", 2);
	buf_check(&folder, "the file's name", "--to");
	if (stat(folder.p, &st) != 0)
		die_errno(
		    errno == EACCES ? STATUS_PERMISSION : STATUS_IO, "%s", quoted(slice_of(file)));
	buf_free(&folder);
}

/* True if the file is there; dies when it is something else. */
static bool
look(void)
{
	struct stat st;

	if (stat(file, &st) != 0) {
		if (errno == ENOENT)
			return false;
		die_errno(
		    errno == EACCES ? STATUS_PERMISSION : STATUS_IO, "%s", quoted(slice_of(file)));
	}
	if (S_ISDIR(st.st_mode))
		die(STATUS_IO, "%s: it is a folder", quoted(slice_of(file)));
	if (!S_ISREG(st.st_mode))
		die(STATUS_IO, "%s: it is no regular file", quoted(slice_of(file)));
	return true;
}

static void
open_file(void *d, const struct load *l)
{
	file = *(const char **)d;
	patience = l->lock_timeout;
	if (*file == '\0')
		die(STATUS_USAGE, "--to is empty: the file of the database");
	if (strcmp(file, ":memory:") == 0)
		die(STATUS_USAGE, "--to: a database in memory would be gone at once");
	struct slice schema = l->table.schema;
	if (schema.n > 0 && !slice_is(schema, "main"))
		die(STATUS_USAGE, "--table: an SQLite file has no schema %s (main is the only one)",
		    quoted(schema));
	if (look()) {
		open_database(file, false);
		return;
	}
	check_folder();
	if (!l->create)
		die(STATUS_REFUSED, "%s: there is no such file; --create makes it",
		    quoted(slice_of(file)));
}

static bool
describe(void *d, struct sql_table *wanted, const struct column **columns, size_t *n)
{
	(void)d;
	/* Without it, a table of the stage's name would be mistaken for the stage. */
	wanted->schema = SLICE("main");
	if (!sqlite_is_open(&database) && look())
		open_database(file, false);
	if (!sqlite_is_open(&database))
		return false;
	/* The columns of an earlier call are still pointed to. */
	sqlite_describe(&database, &table, wanted->name);
	check();
	if (*table.no_rows)
		die(STATUS_REFUSED, "%s is a %s, not a table", quoted(wanted->name), table.no_rows);
	wanted->or_abort = table.says_conflict;
	*columns = table.columns;
	*n = table.n;
	return table.found;
}

static uint64_t
execute(void *d, struct slice sql, const struct value *parameters, size_t n, bool *twice)
{
	uint64_t touched;

	(void)d, (void)twice;
	sqlite_execute(&database, sql, parameters, n, &touched);
	check();
	return touched;
}

static bool
query(void *d, struct slice sql, struct buf *row)
{
	struct sqlite_statement *s = prepare(sql);
	bool found = next(s);
	const char *name;

	(void)d;
	for (int i = 0; found && (name = sqlite_column_name(s, i)); i++)
		buf_printf(row, "%s%s=%s", i > 0 ? ", " : "", name,
		    sqlite_null(s, i) ? "NULL" : quoted(sqlite_text(s, i)));
	buf_check(row, "a row", NULL);
	finish(s);
	return found;
}

static bool
cell(void *d, struct slice sql, struct buf *text)
{
	struct sqlite_statement *s = prepare(sql);
	bool found = next(s) && !sqlite_null(s, 0);

	(void)d;
	if (found)
		buf_put_slice(text, sqlite_text(s, 0));
	finish(s);
	return found;
}

/* From here to the end nobody else writes. */
static void
lock(void)
{
	sqlite_lock(&database);
	check();
}

static void
check_unchanged(const struct load *l)
{
	bool same;

	sqlite_unchanged(&database, &table, l->table.name, &same);
	check();
	if (!same)
		die(STATUS_TRY_AGAIN, "another process changed the table %s while this load ran",
		    quoted(slice_of(l->table_text)));
}

static void
begin(void *d, const struct load *l, bool whole)
{
	(void)d;
	/* A dry run makes no file. */
	if (!sqlite_is_open(&database))
		open_database(l->dry ? "" : file, true);
	direct = whole || l->mode == LOAD_APPEND || l->mode == LOAD_TRUNCATE_INSERT;
	if (direct)
		lock();
	if (direct && !whole)
		check_unchanged(l);
}

static void
rows_begin(void *d, const struct load *l)
{
	struct buf sql = {0};

	(void)d;
	if (l->mode == LOAD_UPSERT) {
		/*
		 * Prepared only: a missing unique index is told now, not after
		 * the last record.
		 */
		sql_upsert(&sql, &l->sql);
		buf_check(&sql, "a statement", NULL);
		finish(prepare(buf_slice(&sql)));
		buf_reset(&sql);
	}
	if (!direct)
		run("BEGIN");
	bool or_abort = l->sql.target.or_abort && !l->staged;
	buf_put_text(&sql, or_abort ? "INSERT OR ABORT INTO " : "INSERT INTO ");
	if (l->staged)
		sql_put_stage(&sql, &l->sql);
	else
		sql_put_table(&sql, SQL_SQLITE, &l->sql.target);
	for (size_t i = 0; i < l->n; i++) {
		buf_put_text(&sql, i > 0 ? ", " : " (");
		sql_put_name(&sql, SQL_SQLITE, l->sql.columns[i].name);
	}
	for (size_t i = 0; i < l->n; i++)
		buf_put_text(&sql, i > 0 ? ", ?" : ") VALUES (?");
	buf_put_byte(&sql, ')');
	buf_check(&sql, "a statement", NULL);
	insert = prepare(buf_slice(&sql));
	buf_free(&sql);
}

/* SQLite makes U+FFFD of U+FFFE and U+FFFF on the way to UTF-16. */
static void
check_utf16(const struct load *l, const struct value *values)
{
	for (size_t i = 0; i < l->n; i++) {
		struct slice s = values[i].s;
		if (values[i].type != VALUE_TEXT)
			continue;
		for (size_t k = 0; k + 3 <= s.n; k++)
			if (memcmp(s.p + k, "\xef\xbf", 2) == 0 && (s.p[k + 2] & 0x7e) == 0x3e)
				die(STATUS_DATA,
				    "record %" PRIu64 ": %s: %s holds U+FFFE or U+FFFF, which "
				    "SQLite changes in a database that is in UTF-16",
				    load_record_number(), quoted(l->fields[i].name), quoted(s));
	}
}

static void
row(void *d, const struct load *l, const struct value *values)
{
	bool in;

	(void)d;
	if (utf16)
		check_utf16(l, values);
	sqlite_insert(insert, values, l->n, &in);
	check();
	taken += in;
}

static uint64_t
rows_end(void *d, const struct load *l)
{
	(void)d, (void)l;
	finish(insert);
	if (!direct)
		run("COMMIT");
	return taken;
}

static void
publish(void *d, const struct load *l)
{
	(void)d;
	if (direct)
		return;
	lock();
	check_unchanged(l);
	if (l->mode == LOAD_UPSERT)
		sqlite_watch(&database, l->table.name);
	check();
}

static bool
inserted(void *d, uint64_t touched, uint64_t *n)
{
	(void)d;
	return sqlite_inserted(&database, touched, n);
}

static void
commit(void *d, const struct load *l)
{
	bool unlocked;

	(void)d, (void)l;
	sqlite_commit(&database, &unlocked);
	check();
	if (!unlocked)
		message("%s: the rows are loaded, but SQLite could not unlock the file",
		    quoted(slice_of(file)));
	/* The last to close a database in WAL mode brings its log home. */
	close_database();
}

static void
rollback(void *d, const struct load *l)
{
	(void)d, (void)l;
	close_database();
}

const struct load_driver sqlite_driver = {
    .dialect = SQL_SQLITE,
    .fold_case = true,
    .open = open_file,
    .describe = describe,
    .begin = begin,
    .execute = execute,
    .inserted = inserted,
    .query = query,
    .cell = cell,
    .rows_begin = rows_begin,
    .row = row,
    .rows_end = rows_end,
    .publish = publish,
    .commit = commit,
    .rollback = rollback,
};
