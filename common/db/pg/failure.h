/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_FAILURE_H
#define COMMON_DB_PG_FAILURE_H

#include <stdbool.h>

#include "common/db/error.h"

/* PostgreSQL's errors as values: one table from SQLSTATE to exit status (in load-pg(1), too), and the texts. */
struct pg_failure {
	const char *state;  /* SQLSTATE, five letters; NULL: libpq reports, in text */
	const char *text;   /* the server's primary message, or libpq's */
	const char *detail; /* these may be NULL */
	const char *hint;
	const char *context; /* "COPY t, line 7, column a" gives the row */
};

enum status pg_status(const char *state);
/* The error's text is "text: detail; hint (SQLSTATE …)", on one line. Returns false. */
bool pg_failure_set(struct db_error *e, const struct pg_failure *f);

/*
 * A login that failed, from libpq's text with verbose errors ("FATAL:  28P01:
 * …"). named: a setting names the server; otherwise the text explains how to
 * name it with option. Returns false.
 */
bool pg_failure_login(
    struct db_error *e, const char *text, bool needs_password, bool named, const char *option);

#endif
