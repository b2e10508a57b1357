/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_SECRET_H
#define COMMON_PROGRAM_SECRET_H

#include "common/program/failure.h"
#include "common/text/bytes.h"

/*
 * A secret is named on the command line, never given: env:NAME, file:PATH or exec:COMMAND.
 * The value lives in one struct, no function prints it, secret_wipe overwrites it;
 * a process that has read one leaves no core file. The sources ssm: and secretsmanager: are
 * read by common/aws/secrets.h, which only the operator's programs link.
 */
enum {
	SECRET_MAX = 64 * 1024,
	SECRET_COMMAND_TIME = 60 * 1000, /* milliseconds that the command of exec: may take */
};

struct secret {
	char *p; /* n bytes and a NUL after them */
	size_t n;
};

enum secret_kind {
	SECRET_LITERAL, /* none of the others */
	SECRET_ENV,
	SECRET_FILE,
	SECRET_EXEC,
	SECRET_SSM,
	SECRET_SECRETSMANAGER,
};

/* The kind of a source; *rest is the text after the colon. */
enum secret_kind secret_kind(const char *source, const char **rest);

/*
 * Reads the secret that name names; option is the option's name without dashes,
 * for messages. One line end after the value of a file or command is not part of it. Dies: a
 * literal is STATUS_USAGE (and is not repeated), a variable or file that is
 * missing, empty, holds a NUL or is over SECRET_MAX is STATUS_CONFIG, a file
 * that may not be read is STATUS_PERMISSION, for a command see capture.h.
 */
void secret_load(struct secret *s, const char *option, const char *name);

/* The same with the failure as a value. */
bool secret_read(struct secret *s, const char *source, struct failure *f);

/* Takes a copy of a value that came from elsewhere; false if it is empty, too long or has a NUL. */
bool secret_take(struct secret *s, struct slice value, struct failure *f);

/*
 * The value, with a NUL after it; empty before secret_load. The slice lives
 * until secret_wipe.
 */
struct slice secret_value(const struct secret *s);

/* Overwrites the value and gives the memory back. */
void secret_wipe(struct secret *s);

/* Overwrites a buffer that held a secret, and gives its memory back. */
void secret_wipe_buf(struct buf *b);

/*
 * From here on, neither a core file nor another process of the same user can show our
 * memory. Every function that reads a secret does it.
 */
bool secret_hide_process(struct failure *f);

#endif
