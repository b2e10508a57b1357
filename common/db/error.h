/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_ERROR_H
#define COMMON_DB_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/program/status.h"

/*
 * An error of a database as a value. The layer of each database keeps one in its
 * connection and never prints or exits: the program decides whether to die.
 * All zero is valid and means "no error".
 */

enum {
	DB_ERROR_CODE = 16,   /* bytes, with the NUL */
	DB_ERROR_TEXT = 4096, /* bytes, with the NUL; more than a message shows */
};

struct db_error {
	enum status status; /* the exit status this error should give; STATUS_OK: no error */
	bool lost;          /* the connection is gone */
	/* SQLSTATE, or the server's error number in digits. Empty when the error is not the server's. */
	char code[DB_ERROR_CODE];
	/*
	 * The row of the bulk copy that caused the error, counted from 1; 0 if
	 * not known.
	 */
	uint64_t row;
	char text[DB_ERROR_TEXT]; /* one message, UTF-8, without the program's name */
};

/* How a COMMIT ended. */
enum db_commit {
	DB_COMMITTED,
	DB_COMMIT_FAILED,  /* nothing was committed; the error gives the reason */
	DB_COMMIT_UNKNOWN, /* the connection was lost before the answer came; the error is set */
};

bool db_error_is_set(const struct db_error *e);
void db_error_clear(struct db_error *e);

/*
 * Sets the error, unless one is set already: the first error is the cause of those after
 * it. code may be NULL. A text that is too long is cut between two characters.
 * Always returns false, so that a function can write "return db_error_set(...)".
 */
bool db_error_set(struct db_error *e, enum status status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Sets "no memory for WHAT" with STATUS_TRY_AGAIN. Returns false. */
bool db_error_memory(struct db_error *e, const char *what);

#endif
