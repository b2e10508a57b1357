/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_SECRET_H
#define COMMON_PROGRAM_SECRET_H

#include "common/text/bytes.h"

/*
 * A secret is named on the command line, never given: env:NAME or file:PATH.
 * The value lives in one struct, no function prints it, secret_wipe overwrites it;
 * a process that has read one leaves no core file.
 */
enum { SECRET_MAX = 64 * 1024 };

struct secret {
	char *p; /* n bytes and a NUL after them */
	size_t n;
};

/*
 * Reads the secret that name names; option is the option's name without dashes,
 * for messages. One line end after a file's value is not part of it. Dies: a
 * literal is STATUS_USAGE (and is not repeated), a variable or file that is
 * missing, empty, holds a NUL or is over SECRET_MAX is STATUS_CONFIG, a file
 * that may not be read is STATUS_PERMISSION.
 */
void secret_load(struct secret *s, const char *option, const char *name);

/*
 * The value, with a NUL after it; empty before secret_load. The slice lives
 * until secret_wipe.
 */
struct slice secret_value(const struct secret *s);

/* Overwrites the value and gives the memory back. */
void secret_wipe(struct secret *s);

#endif
