/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_FAILURE_H
#define COMMON_PROGRAM_FAILURE_H

#include <stdbool.h>

#include "common/program/status.h"

/*
 * A failure as a value, for code that leaves the decision to die to its caller.
 * All zero means success.
 */
enum { FAILURE_TEXT = 1024 }; /* bytes, with the NUL */

struct failure {
	enum status status;      /* the exit status that it should give */
	char text[FAILURE_TEXT]; /* one message without the program's name; never a secret */
};

/*
 * Sets the failure; a text that is too long is cut between two characters. Returns false,
 * so that a function can write "return failure_set(...)".
 */
bool failure_set(struct failure *f, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with ": " and the text of errno appended. */
bool failure_set_errno(struct failure *f, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
