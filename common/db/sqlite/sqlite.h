/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_SQLITE_SQLITE_H
#define COMMON_DB_SQLITE_SQLITE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db/error.h"
#include "common/record/value.h"

/*
 * A connection to an SQLite file: statements, rows, prepared inserts, one
 * transaction. Nothing here prints or exits. A function that fails returns
 * false (or the value that its comment names) and leaves the cause in the
 * connection's error, whose text does not name the file. While an error is set
 * every call fails at once and does nothing, so a caller may check once after
 * several calls; it clears the error to go on.
 */

/* Which file it was, to find it again. Zero: not known. */
struct sqlite_identity {
	uint64_t device, inode;
};

struct sqlite_connection {
	void *handle; /* SQLite's; NULL: not open */
	struct db_error error;
	char *file; /* the name that was opened, NULL for a private database */
	int64_t lock_timeout;
	const char *lock_option;
	struct sqlite_identity opened, log;
	/* See sqlite_watch. */
	char *watched;
	uint64_t inserts, updates;
};

struct sqlite_settings {
	const char *file;     /* "": a private database, which goes with the connection */
	bool create;          /* make the file if it is missing */
	int64_t lock_timeout; /* milliseconds to wait for a lock of another process */
	const char
	    *lock_option; /* the option that gave it, for messages; may be NULL; not copied */
};

/*
 * Opens the file for reading and writing. *c is overwritten and needs sqlite_close, also after
 * a failure. Foreign keys are enforced; temporary tables are kept in files.
 */
bool sqlite_open(struct sqlite_connection *c, const struct sqlite_settings *s);
/* Rolls back an open transaction and closes. The error is kept. Statements must be finished before or not be used again. */
void sqlite_close(struct sqlite_connection *c);
bool sqlite_is_open(const struct sqlite_connection *c);
/* Another time to wait for locks from now on, in milliseconds. */
void sqlite_set_lock_timeout(struct sqlite_connection *c, int64_t milliseconds);
/* The most columns of a table. 0: not open. */
size_t sqlite_columns_max(const struct sqlite_connection *c);

/* A statement without parameters or rows. */
bool sqlite_run(struct sqlite_connection *c, const char *sql);
/* Runs one statement to its end. *touched, unless NULL: the rows that it inserted, updated or deleted. */
bool sqlite_execute(struct sqlite_connection *c, struct slice sql, const struct value *parameters,
    size_t n, uint64_t *touched);
/* The first column of the first row as a number; 0 without a row. */
bool sqlite_number(struct sqlite_connection *c, const char *sql, int64_t *number);

struct sqlite_statement;

/*
 * NULL on failure. All functions below take NULL and return false, or a value that is empty, so
 * only sqlite_next needs a check. sqlite_finish frees it.
 */
struct sqlite_statement *sqlite_prepare(struct sqlite_connection *c, struct slice sql);
/*
 * Binds parameters from the first on: null, int, float, text, bytes; another
 * type is STATUS_BUG. Texts and bytes are not copied; they must live until the
 * rows are read.
 */
bool sqlite_bind(struct sqlite_statement *s, const struct value *values, size_t n);
/*
 * Advances to the next row. *row is false after the last one. A false result is
 * an error, never the end.
 */
bool sqlite_next(struct sqlite_statement *s, bool *row);
/*
 * For an INSERT that is prepared once and run for many rows: binds, runs, resets. *taken: the
 * row went in; a trigger's RAISE(IGNORE) may keep it out. A row that does not fit sets the error's
 * row, counted from 1.
 */
bool sqlite_insert(struct sqlite_statement *s, const struct value *values, size_t n, bool *taken);
/* Frees the statement. False: an error is set. */
bool sqlite_finish(struct sqlite_statement *s);

/* Of the current row, columns from 0. Texts live until the next call on the statement. */
bool sqlite_null(struct sqlite_statement *s, int i);
int64_t sqlite_integer(struct sqlite_statement *s, int i);
struct slice sqlite_text(struct sqlite_statement *s, int i);
/* NULL after the last column. */
const char *sqlite_column_name(struct sqlite_statement *s, int i);

/* Begins a transaction that writes: until it ends, no other process can write. Foreign keys are checked at its end. */
bool sqlite_lock(struct sqlite_connection *c);
/*
 * COMMIT of the transaction of sqlite_lock. DB_COMMITTED: the rows are in the file of the name that
 * was opened; *unlocked, which may be NULL, is false if only the unlocking failed, which
 * sqlite_close repeats. A file that was renamed, removed or replaced before is DB_COMMIT_FAILED,
 * while COMMIT ran DB_COMMIT_UNKNOWN.
 */
enum db_commit sqlite_commit(struct sqlite_connection *c, bool *unlocked);

/* From here on, inserts and updates of rows of this table of the file are counted. */
bool sqlite_watch(struct sqlite_connection *c, struct slice table);
/* How many of the rows touched since then are new; false unless the counts add up to touched. */
bool sqlite_inserted(const struct sqlite_connection *c, uint64_t touched, uint64_t *inserted);

#endif
