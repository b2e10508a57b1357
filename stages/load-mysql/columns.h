/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_COLUMNS_H
#define STAGES_LOAD_MYSQL_COLUMNS_H

#include "common/column.h"
#include "common/sql.h"
#include "stages/load-mysql/client.h"

/*
 * The table's columns; schema is filled in from the connection's database. False when
 * there is no such table. Dies when it is none that a transaction can hold.
 */
bool columns_read(
    struct client *c, struct sql_table *table, const struct column **columns, size_t *n);

/*
 * True when some unique index lies within the key columns, so that a key has one row
 * at most.
 */
bool columns_key_is_unique(struct client *c, const struct sql_load *l);

#endif
