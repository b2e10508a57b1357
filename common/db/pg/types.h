/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_TYPES_H
#define COMMON_DB_PG_TYPES_H

#include "common/db/pg/pg.h"
#include "common/sql/column.h"

/* PostgreSQL's types as kinds of columns. oid and typmod: those of the type below all domains. */

/* Fills the column's kind and limits, and its pg_form in tag. False for types without an encoder. */
bool pg_type_known(
    const struct pg_connection *connection, struct column *c, uint32_t oid, int typmod);
#endif
