/* SPDX-License-Identifier: MIT */
/* SQLite's calls and its errors, in the words of message.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/load/load.h"
#include "common/program/message.h"
#include "stages/load-sqlite/database.h"

enum { VERSION_NEEDED = 3037000 }; /* STRICT tables, pragma_table_list */

struct statement {
	sqlite3_stmt *s;
};

static sqlite3 *db;
static const char *file;
static int64_t patience; /* --lock-timeout */

/* ---- is the file still the one that was opened? ---- */

static struct stat opened; /* st_nlink is 0 until it is known, and for a private database */
static struct stat wal;    /* the same of the write-ahead log */

static bool
same_file(const char *path, const struct stat *before)
{
	struct stat now;

	return stat(path, &now) == 0 && now.st_dev == before->st_dev &&
	       now.st_ino == before->st_ino;
}

/* True when the name given with --to, or that of the log, no longer leads to the open file. */
static bool
has_moved(void)
{
	int moved = 0;

	if (!db || opened.st_nlink == 0)
		return false;
	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
		return true;
	if (!same_file(file, &opened))
		return true;
	const char *name = sqlite3_db_filename(db, "main");
	return wal.st_nlink > 0 && !same_file(sqlite3_filename_wal(name), &wal);
}

_Noreturn static void
fail_moved(const char *what)
{
	die(STATUS_TRY_AGAIN,
	    "%s: another process renamed, removed or replaced the file while this load ran; %s",
	    quoted(slice_of(file)), what);
}

static void
check_moved(void)
{
	if (has_moved())
		fail_moved("nothing was loaded");
}

/* ---- trouble ---- */

/* Of a call on a file that failed. */
static enum status
status_of_errno(int system)
{
	switch (system) {
	case EACCES:
	case EPERM:
	case EROFS:
		return STATUS_PERMISSION;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOLCK:
		return STATUS_TRY_AGAIN;
	default:
		return STATUS_IO;
	}
}

static enum status
status_of(int code, int system)
{
	if (code == SQLITE_IOERR_NOMEM)
		return STATUS_TRY_AGAIN;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_NOMEM:
	case SQLITE_PROTOCOL:
	case SQLITE_SCHEMA:
		return STATUS_TRY_AGAIN;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return STATUS_DATA;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return STATUS_PERMISSION;
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return status_of_errno(system);
	case SQLITE_FULL:
	case SQLITE_CORRUPT:
	case SQLITE_NOLFS:
		return STATUS_IO;
	case SQLITE_ERROR:
	case SQLITE_NOTADB:
		return STATUS_REFUSED;
	default:
		return STATUS_BUG;
	}
}

/* Dies of what SQLite said last; record: it is the current record's fault, if it is one of the data. */
_Noreturn static void
fail(bool record)
{
	int code = sqlite3_extended_errcode(db), system = sqlite3_system_errno(db);
	const char *said = sqlite3_errmsg(db);
	enum status status = status_of(code, system);

	/* A file that is gone shows as one that is read-only, damaged or cannot be written. */
	if (status != STATUS_DATA && (code & 0xff) != SQLITE_BUSY)
		check_moved();
	if ((code & 0xff) == SQLITE_BUSY)
		die(status,
		    "%s: another process has kept the database locked for %" PRId64
		    " ms (--lock-timeout)",
		    quoted(slice_of(file)), patience);
	if (code == SQLITE_READONLY_DIRECTORY)
		die(status, "%s: its folder cannot be written, and the journal belongs there",
		    quoted(slice_of(file)));
	if (record && status == STATUS_DATA)
		die(status, "record %" PRIu64 ": %s", load_record_number(), said);
	if (strstr(said, "ON CONFLICT clause does not match"))
		die(status, "--key: the table has no primary key or unique index of exactly these "
			    "fields, and an upsert needs one");
	bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
	if (io && system != 0) {
		errno = system;
		die_errno(status, "%s: %s", quoted(slice_of(file)), said);
	}
	die(status, "%s: %s", quoted(slice_of(file)), said);
}

static void
check(int code)
{
	if (code != SQLITE_OK)
		fail(false);
}

void
database_run(const char *sql)
{
	check(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* ---- the connection ---- */

void
database_close(void)
{
	if (!db)
		return;
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close_v2(db);
	db = NULL;
}

/* Dies unless the file can be opened for writing. SQLite would open it for reading, and not report why. */
static void
check_writable(void)
{
	int fd = open(file, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) {
		int system = errno;
		if (access(file, R_OK) == 0)
			die(STATUS_PERMISSION, "%s: it can be read, but not written",
			    quoted(slice_of(file)));
		errno = system;
	}
	if (fd < 0 && errno == ENOENT)
		return; /* it is made, or SQLite reports it */
	if (fd < 0)
		die_errno(status_of_errno(errno), "%s", quoted(slice_of(file)));
	close(fd);
}

/* Remembers which file was opened, if its name still leads to it. */
static void
remember(void)
{
	struct stat st;
	int moved = 0;

	if (stat(file, &st) != 0 || !same_file(sqlite3_db_filename(db, "main"), &st) ||
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved)
		fail_moved("nothing was loaded");
	opened = st;
}

void
database_open(const char *name, bool create, int64_t lock_timeout)
{
	struct buf path = {0};

	if (sqlite3_libversion_number() < VERSION_NEEDED)
		die(STATUS_CONFIG, "SQLite %s is too old: 3.37 or later is needed",
		    sqlite3_libversion());
	file = name;
	patience = lock_timeout;
	/* "file:x" and ":x" would mean something else. */
	if (*name == ':' || strncmp(name, "file:", 5) == 0)
		buf_put_text(&path, "./");
	buf_put_text(&path, name);
	buf_put_byte(&path, '\0');
	buf_check(&path, "the file's name", "--to");
	if (*name)
		check_writable();
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	int code = sqlite3_open_v2(path.p, &db, flags, NULL);
	buf_free(&path);
	if (!db)
		die(STATUS_TRY_AGAIN, "no memory for the database");
	/* However the process ends, if not by a signal: no journal is left behind for the next one to play back. */
	atexit(database_close);
	sqlite3_extended_result_codes(db, 1);
	check(code);
	/* It can be written, as check_writable saw: SQLite failed for another reason, which it does not keep. */
	if (sqlite3_db_readonly(db, "main") == 1)
		die(STATUS_TRY_AGAIN, "%s: SQLite could open it for reading only",
		    quoted(slice_of(file)));
	check(sqlite3_busy_timeout(db, (int)patience));
	/* 32 MiB at most for pages, and what is staged goes to a file, not into memory. */
	database_run("PRAGMA cache_size = -32768");
	database_run("PRAGMA temp_store = FILE");
	database_run("PRAGMA foreign_keys = ON");
	/* The first that reads the file: says that it is no database. */
	database_number("PRAGMA schema_version");
	if (*name)
		remember();
}

void
database_lock(void)
{
	database_run("BEGIN IMMEDIATE");
	database_run("PRAGMA defer_foreign_keys = ON");
	if (opened.st_nlink == 0)
		return;
	struct statement *s = database_prepare(SLICE("PRAGMA main.journal_mode"));
	bool logs = statement_step(s, false) && slice_is(statement_text(s, 0), "wal");
	statement_free(s);
	if (logs && stat(sqlite3_filename_wal(sqlite3_db_filename(db, "main")), &wal) != 0)
		fail_moved("nothing was loaded");
	check_moved();
}

void
database_commit(void)
{
	check_moved();
	int code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	/* Of all that COMMIT does, the lock comes last, and closing the file gives it back, too. */
	if (code == SQLITE_IOERR_UNLOCK || code == SQLITE_IOERR_RDLOCK)
		message("%s: the rows are loaded, but SQLite could not unlock the file",
		    quoted(slice_of(file)));
	else
		check(code);
	if (has_moved())
		fail_moved("the rows are in the old file");
}

bool
database_is_open(void)
{
	return db != NULL;
}

size_t
database_columns_max(void)
{
	return (size_t)sqlite3_limit(db, SQLITE_LIMIT_COLUMN, -1);
}

struct statement *
database_prepare(struct slice sql)
{
	struct statement *s = xcalloc(1, sizeof(*s));

	check(sqlite3_prepare_v2(db, sql.p, (int)sql.n, &s->s, NULL));
	return s;
}

void
statement_bind(struct statement *s, const struct value *values, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		const struct value *v = &values[k];
		int i = (int)k + 1, code;
		switch (v->type) {
		case VALUE_NULL:
			code = sqlite3_bind_null(s->s, i);
			break;
		case VALUE_INT:
			code = sqlite3_bind_int64(s->s, i, v->i);
			break;
		case VALUE_FLOAT:
			code = sqlite3_bind_double(s->s, i, v->f);
			break;
		case VALUE_TEXT:
			code = sqlite3_bind_text64(
			    s->s, i, v->s.n > 0 ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
			break;
		case VALUE_BYTES:
			code = sqlite3_bind_blob64(
			    s->s, i, v->s.n > 0 ? v->s.p : "", v->s.n, SQLITE_STATIC);
			break;
		default:
			die(STATUS_BUG, "a value of type %s for SQLite", value_type_name(v->type));
		}
		check(code);
	}
}

bool
statement_step(struct statement *s, bool record)
{
	int code = sqlite3_step(s->s);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		fail(record);
	return code == SQLITE_ROW;
}

void
statement_reset(struct statement *s)
{
	check(sqlite3_reset(s->s));
}

bool
statement_null(struct statement *s, int i)
{
	return sqlite3_column_type(s->s, i) == SQLITE_NULL;
}

int64_t
statement_number(struct statement *s, int i)
{
	return sqlite3_column_int64(s->s, i);
}

struct slice
statement_text(struct statement *s, int i)
{
	const char *p = (const char *)sqlite3_column_text(s->s, i);

	return (struct slice){p ? p : "", p ? (size_t)sqlite3_column_bytes(s->s, i) : 0};
}

const char *
statement_name(struct statement *s, int i)
{
	return i < sqlite3_column_count(s->s) ? sqlite3_column_name(s->s, i) : NULL;
}

void
statement_free(struct statement *s)
{
	check(sqlite3_finalize(s->s));
	free(s);
}

int64_t
database_number(const char *sql)
{
	struct statement *s = database_prepare(slice_of(sql));

	int64_t n = statement_step(s, false) ? statement_number(s, 0) : 0;
	statement_free(s);
	return n;
}

int
database_changes(void)
{
	return sqlite3_changes(db);
}

/* ---- inserted or updated ---- */

static char *watched;
static uint64_t watched_inserts, watched_updates;

/* SQLite does not call it for a table WITHOUT ROWID. */
static void
count_write(void *arg, int what, const char *database, const char *table, sqlite3_int64 row)
{
	(void)arg, (void)row;
	if (strcmp(database, "main") != 0 || sqlite3_stricmp(table, watched) != 0)
		return;
	watched_inserts += what == SQLITE_INSERT;
	watched_updates += what == SQLITE_UPDATE;
}

void
database_watch(struct slice table)
{
	watched = xstring(table);
	sqlite3_update_hook(db, count_write, NULL);
}

bool
database_inserted(uint64_t touched, uint64_t *inserted)
{
	*inserted = watched_inserts;
	return watched_inserts + watched_updates == touched;
}

uint64_t
database_execute(struct slice sql, const struct value *parameters, size_t n)
{
	struct statement *s = database_prepare(sql);
	int64_t before = sqlite3_total_changes64(db);

	statement_bind(s, parameters, n);
	while (statement_step(s, false))
		;
	statement_free(s);
	/* What is no INSERT, UPDATE or DELETE leaves the count of the last one standing. */
	return sqlite3_total_changes64(db) == before ? 0 : (uint64_t)sqlite3_changes64(db);
}
