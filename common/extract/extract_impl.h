/* SPDX-License-Identifier: MIT */
#ifndef COMMON_EXTRACT_EXTRACT_IMPL_H
#define COMMON_EXTRACT_EXTRACT_IMPL_H

#include "common/extract/extract.h"
#include "common/sql/sql_bind.h"

/* Shared by the files of this room. */

/* A name that a query may use, and its value. */
struct extract_param {
	struct slice name;
	struct value value;
	struct buf bytes; /* that value points into */
	bool used;
};

struct extracting {
	const struct extract_driver *driver;
	struct extract_param *params;
	size_t n_params;
	struct schema fields;
	struct option_list text;
	long cursor;     /* index of its field; -1: no cursor */
	uint64_t record; /* number of the current one */
	uint64_t specials;
};

/* The one extraction of the process. */
extern struct extracting extracting;

/*
 * Reads text as a value of that type (INT, DECIMAL, DATE, DATETIME, TIMESTAMP, TEXT). False if it
 * is not one. The value points into text or bytes.
 */
bool extract_read_value(
    enum value_type type, struct slice text, struct value *v, struct buf *bytes);

/* --param, and the window of --from and --to or of the environment. */
void extract_params_init(const struct option_list *given, const char *from, const char *to);
/* The parameter of that name; dies if there is none. what: where it is named. */
const struct extract_param *extract_param_named(struct slice name, const char *what);
/* Dies if a --param is not used. */
void extract_params_check(void);

/* The text of --query, or the statement that reads --table. Binds its parameters. */
void extract_query_read(struct sql_bound_query *q, const char *query, const char *table,
    const struct option_list *fields);

/* --cover. */
void extract_cover_init(const struct option_list *given);
/* Its fields must be fields of the records. */
void extract_cover_check(void);
void extract_cover_send(struct stream_out *out, uint64_t records);

#endif
