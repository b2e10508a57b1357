/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_SQLITE_AFFINITY_H
#define COMMON_DB_SQLITE_AFFINITY_H

#include "common/sql/column.h"

/*
 * The values that a column of an SQLite table can hold, from its declared type:
 * c->type and c->name are set, kind and ranges are filled in. strict: the table
 * is STRICT.
 */
void affinity_column(struct column *c, bool strict);

#endif
