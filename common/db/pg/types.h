/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_TYPES_H
#define COMMON_DB_PG_TYPES_H

#include "common/db/pg/pg.h"
#include "common/sql/column.h"

/* PostgreSQL's types as kinds of columns. oid and typmod: those of the type below all domains. */

/* Fills the column's kind and limits, and its pg_form in tag. False for types without an encoder. */
bool pg_type_known(
    const struct pg_connection *connection, struct column *c, uint32_t oid, int typmod);
/*
 * Why no text may go into a column of the type: the server would change it silently. NULL: it
 * may. typtype and category are pg_type's.
 */
const char *pg_type_why_not(uint32_t oid, int typmod, char typtype, char category);

#endif
