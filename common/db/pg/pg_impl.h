/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_PG_IMPL_H
#define COMMON_DB_PG_PG_IMPL_H

#include <libpq-fe.h>

#include "common/db/pg/pg.h"

/* Shared by the files of this folder that call libpq; no others do. */

/* The connection takes a statement: it is open, no error is set, no rows or COPY are under way. */
bool pg_ready(struct pg_connection *c);
/* Sets the error from a result (NULL: from the connection), frees the result, returns false. */
bool pg_fail(struct pg_connection *c, PGresult *result);
/*
 * Takes the results that are left: before that the connection takes no
 * statement. False if an error is set, also one that was set before.
 */
bool pg_drain(struct pg_connection *c);
/* Rows touched, from the answer to the statement. */
uint64_t pg_touched(PGresult *result);

#endif
