/* SPDX-License-Identifier: MIT */
/*
 * What common/load/load.h wants of a database, for SQLite. A file has one writer at a
 * time, so the lock is taken late: rows that are staged go into the temporary
 * database, which is nobody else's, and only what follows locks the file.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "common/program/message.h"
#include "stages/load-sqlite/affinity.h"
#include "stages/load-sqlite/database.h"
#include "stages/load-sqlite/driver.h"

static const char *file;
static int64_t patience; /* --lock-timeout */
static struct statement *insert;
static uint64_t taken;  /* rows that no trigger's RAISE(IGNORE) kept out */
static int64_t version; /* of the file's schema when its columns were read */
static const struct column *known;
static size_t n_known;
static bool direct; /* rows go into the file's transaction, not into one of the stage alone */
static bool utf16;  /* the file keeps its texts so */

/* ---- the file ---- */

static void
open_database(const char *name, bool create)
{
	database_open(name, create, patience);
	struct statement *s = database_prepare(SLICE("PRAGMA encoding"));
	utf16 = statement_step(s, false) && !slice_is(statement_text(s, 0), "UTF-8");
	statement_free(s);
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

/* True when the file is there; dies when it is something else. */
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

/* ---- the table ---- */

/* A copy that lives as long as the process. */
static struct slice
kept(struct statement *s, int i)
{
	return slice_of(xstring(statement_text(s, i)));
}

/* A query about the table of that name. */
static struct statement *
ask(struct slice sql, struct slice name)
{
	struct statement *s = database_prepare(sql);

	statement_bind(s, &(struct value){.type = VALUE_TEXT, .s = name}, 1);
	return s;
}

/* Whether there is such a table, and a STRICT one; dies when it is no table. */
static bool
find_table(struct slice name, bool *strict)
{
	struct statement *s = ask(
	    SLICE("SELECT type, strict FROM pragma_table_list(?1) WHERE schema = 'main'"), name);
	bool found = statement_step(s, false);

	if (found) {
		struct slice type = statement_text(s, 0);
		if (!slice_is(type, "table"))
			die(STATUS_REFUSED, "%s is a %.*s, not a table", quoted(name), (int)type.n,
			    type.p);
		*strict = statement_number(s, 1) != 0;
	}
	statement_free(s);
	return found;
}

/*
 * A unique index may find texts equal that differ, and the stage has to find the
 * same. pragma_index_xinfo has the index's own collation, not the column's.
 */
static void
take_collations(struct slice name, struct column *columns, size_t n)
{
	struct statement *s =
	    ask(SLICE("SELECT x.cid, x.coll FROM pragma_index_list(?1, 'main') AS i, "
		      "pragma_index_xinfo(i.name, 'main') AS x "
		      "WHERE i.\"unique\" AND x.key AND x.cid >= 0 AND x.coll <> 'BINARY'"),
		name);

	while (statement_step(s, false)) {
		size_t i = (size_t)statement_number(s, 0);
		if (i < n) {
			columns[i].collation = kept(s, 1).p;
			columns[i].loose = true;
		}
	}
	statement_free(s);
}

/* The word may stand elsewhere in it, in a name: then OR ABORT, which is what SQLite does anyway, is said. */
static bool
says_conflict(struct slice name)
{
	struct statement *s =
	    ask(SLICE("SELECT instr(upper(sql), 'CONFLICT') FROM main.sqlite_schema "
		      "WHERE type = 'table' AND name = ?1 COLLATE NOCASE"),
		name);
	bool found = statement_step(s, false) && statement_number(s, 0) > 0;

	statement_free(s);
	return found;
}

static void
take_column(struct column *c, struct statement *s, bool strict)
{
	*c = (struct column){.name = kept(s, 0), .type = kept(s, 1)};
	c->nullable = statement_number(s, 2) == 0;
	c->has_default = !statement_null(s, 3);
	c->generated = statement_number(s, 4) >= 2;
	/* The rowid: SQLite would put a number of its own in place of NULL. */
	if (statement_number(s, 5)) {
		c->nullable = false;
		c->has_default = true;
	}
	affinity_column(c, strict);
}

static bool
describe(void *d, struct sql_table *table, const struct column **columns, size_t *n)
{
	bool strict = false;

	(void)d;
	/* Without it, a table of the stage's name would be mistaken for the stage. */
	table->schema = SLICE("main");
	if (!database_is_open() && look())
		open_database(file, false);
	if (!database_is_open())
		return false;
	version = database_number("PRAGMA main.schema_version");
	if (!find_table(table->name, &strict))
		return false;
	size_t max = database_columns_max();
	struct column *all = xcalloc(max, sizeof(*all));
	/* The last one: the only column of the key is of type INTEGER, so it is the rowid. */
	struct statement *s =
	    ask(SLICE("SELECT name, type, \"notnull\", dflt_value, hidden, "
		      "pk = 1 AND sum(pk > 0) OVER () = 1 AND type = 'INTEGER' COLLATE NOCASE "
		      "FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid"),
		table->name);
	for (*n = 0; *n < max && statement_step(s, false); (*n)++)
		take_column(&all[*n], s, strict);
	statement_free(s);
	take_collations(table->name, all, *n);
	table->or_abort = says_conflict(table->name);
	known = *columns = all;
	n_known = *n;
	return true;
}

/* The columns are what they were when the values were fitted to them. */
static bool
unchanged(void *d, const struct load *l)
{
	const struct column *before = known, *now;
	struct sql_table table = l->table;
	size_t n_before = n_known, n;

	if (database_number("PRAGMA main.schema_version") == version)
		return true;
	if (!describe(d, &table, &now, &n) || n != n_before)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!slice_equal(before[i].name, now[i].name) ||
		    !slice_equal(before[i].type, now[i].type) || before[i].kind != now[i].kind ||
		    before[i].nullable != now[i].nullable ||
		    before[i].generated != now[i].generated)
			return false;
	return true;
}

/* ---- statements ---- */

static uint64_t
execute(void *d, struct slice sql, const struct value *parameters, size_t n, bool *twice)
{
	(void)d, (void)twice;
	return database_execute(sql, parameters, n);
}

static bool
query(void *d, struct slice sql, struct buf *row)
{
	struct statement *s = database_prepare(sql);
	bool found = statement_step(s, false);
	const char *name;

	(void)d;
	for (int i = 0; found && (name = statement_name(s, i)); i++)
		buf_printf(row, "%s%s=%s", i > 0 ? ", " : "", name,
		    statement_null(s, i) ? "NULL" : quoted(statement_text(s, i)));
	buf_check(row, "a row", NULL);
	statement_free(s);
	return found;
}

static bool
cell(void *d, struct slice sql, struct buf *text)
{
	struct statement *s = database_prepare(sql);
	bool found = statement_step(s, false) && !statement_null(s, 0);

	(void)d;
	if (found)
		buf_put_slice(text, statement_text(s, 0));
	statement_free(s);
	return found;
}

/* ---- the load ---- */

static void
check_unchanged(void *d, const struct load *l)
{
	if (!unchanged(d, l))
		die(STATUS_TRY_AGAIN, "another process changed the table %s while this load ran",
		    quoted(slice_of(l->table_text)));
}

static void
begin(void *d, const struct load *l, bool whole)
{
	/* A dry run makes no file. */
	if (!database_is_open())
		open_database(l->dry ? "" : file, true);
	direct = whole || l->mode == LOAD_APPEND || l->mode == LOAD_TRUNCATE_INSERT;
	if (direct)
		database_lock();
	if (direct && !whole)
		check_unchanged(d, l);
}

static void
rows_begin(void *d, const struct load *l)
{
	struct buf sql = {0};

	(void)d;
	if (l->mode == LOAD_UPSERT) {
		/* Prepared only: a missing unique index is told now, not behind the last record. */
		sql_upsert(&sql, &l->sql);
		buf_check(&sql, "a statement", NULL);
		statement_free(database_prepare(buf_slice(&sql)));
		buf_reset(&sql);
	}
	if (!direct)
		database_run("BEGIN");
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
	insert = database_prepare(buf_slice(&sql));
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
	(void)d;
	if (utf16)
		check_utf16(l, values);
	statement_bind(insert, values, l->n);
	statement_step(insert, true);
	taken += database_changes() != 0;
	statement_reset(insert);
}

static uint64_t
rows_end(void *d, const struct load *l)
{
	(void)d, (void)l;
	statement_free(insert);
	if (!direct)
		database_run("COMMIT");
	return taken;
}

static void
publish(void *d, const struct load *l)
{
	if (direct)
		return;
	database_lock();
	check_unchanged(d, l);
	if (l->mode == LOAD_UPSERT)
		database_watch(l->table.name);
}

static bool
inserted(void *d, uint64_t touched, uint64_t *n)
{
	(void)d;
	return database_inserted(touched, n);
}

static void
commit(void *d, const struct load *l)
{
	(void)d, (void)l;
	database_commit();
	/* The last to close a database in WAL mode brings its log home. */
	database_close();
}

static void
rollback(void *d, const struct load *l)
{
	(void)d, (void)l;
	database_close();
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
