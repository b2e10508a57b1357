/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_LITERALS_H
#define COMMON_BATCH_LITERALS_H

#include "common/text/bytes.h"

/*
 * Secrets that are written in a script: values assigned to a name such as password or
 * API_TOKEN, passwords in URLs, and mysql's -pPASSWORD. Found by their form, line by line, so
 * that some may be missed: gitleaks finds others.
 */

struct language {
	const char *ending;  /* of the file's name, ".rb" */
	const char *program; /* in the first line, "ruby" */
	const char *read;    /* an expression that reads a variable, with one %s */
	const char *join;    /* between two texts; empty: written one after the other */
	const char *before;  /* a line that the script needs first, or NULL */
};

/* The language of a script; NULL if it is not known. */
const struct language *language_of(struct slice path, struct slice text);

struct literal {
	size_t line;        /* from 1 */
	struct slice name;  /* as in the script, "db_password" */
	struct slice value; /* without quotes */
	char quote;         /* around the value, or around the text that it is a part of; 0: none */
	bool part;          /* of a longer text, such as a URL */
};

enum { LITERALS_MAX = 1000 };

/* The next one from *at on; false at the end. Comments are passed over. */
bool literal_next(const struct language *l, struct slice text, size_t *at, struct literal *found);

/* The name of the environment variable: letters in upper case, digits and '_'. Appended. */
void literal_put_variable(struct buf *b, struct slice name);

/* The text that replaces the value and the quotes around it, if it is a whole text. Appended. */
void literal_put_reading(
    struct buf *b, const struct language *l, const struct literal *found, struct slice variable);

#endif
