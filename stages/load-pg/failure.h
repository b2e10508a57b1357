/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_FAILURE_H
#define LOAD_PG_FAILURE_H

#include "common/program/message.h"
#include "common/text/bytes.h"

/*
 * What PostgreSQL's errors mean for the batch: one table from SQLSTATE to exit
 * status (in the page, too), and the messages.
 */
struct failure {
	const char *state;  /* SQLSTATE, five letters; NULL: the connection failed, text says how */
	const char *text;   /* the server's primary message, or libpq's */
	const char *detail; /* these may be NULL */
	const char *hint;
	const char *context; /* "COPY t, line 7, column a" tells the row */
};

/* Gives the number of the record that is a line of the current COPY. */
void failure_name_records(uint64_t (*record_of)(uint64_t line));
enum status failure_status(const char *state);
/* "text: detail; hint (SQLSTATE …)" */
void failure_put(struct buf *b, const struct failure *f);
/* The statement only parses values, and one of them is the cause: trying again, or other rights, would not help. */
bool failure_of_value(const struct failure *f);
/* doing: "cannot connect", … or NULL. */
_Noreturn void failure_die(const struct failure *f, const char *doing);
/* A login that failed, from libpq's text with verbose errors ("FATAL:  28P01: …"). */
/* named: --to or the environment names a server; else the message says how. */
_Noreturn void failure_login(const char *text, bool needs_password, bool named);

#endif
