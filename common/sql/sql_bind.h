/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_SQL_BIND_H
#define COMMON_SQL_SQL_BIND_H

#include "common/sql/sql.h"

/*
 * A user's query whose values are parameters: each "{name}" outside of quotes and comments
 * becomes a parameter of the statement ($1, $2 … or ?), so no value is ever part of the text.
 */

enum { SQL_BIND_MAX = 1000 }; /* parameters of one query */

struct sql_bound_query {
	struct buf sql;             /* without comments and semicolons at its end */
	size_t names[SQL_BIND_MAX]; /* of each parameter, in order: index of its name */
	size_t n;
	bool orders; /* the word ORDER is in it */
};

/*
 * NULL on success, else the reason (a static text), and *at is the part at fault. known: the names that
 * may be used. q is overwritten.
 */
const char *sql_bind(struct sql_bound_query *q, enum sql_dialect d, struct slice text,
    const struct slice *known, size_t n_known, struct slice *at);

#endif
