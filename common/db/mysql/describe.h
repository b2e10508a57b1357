/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_COLUMNS_H
#define STAGES_LOAD_MYSQL_COLUMNS_H

#include "common/db/mysql/client.h"
#include "common/sql/column.h"
#include "common/sql/sql.h"

/* The tag of a column whose encoding is cp932, of which the servers have one character wrong. */
enum { COLUMN_CP932 = 932 };

/*
 * The table's columns; schema is filled in from the connection's database. False when
 * there is no such table. Dies when it is none that a transaction can hold.
 */
bool columns_read(
    struct client *c, struct sql_table *table, const struct column **columns, size_t *n);

/* True when what may go into them is the same. */
bool column_same(const struct column *a, const struct column *b);

/* What the table's unique indexes have to do with the key columns. */
enum key_index {
	KEY_NOT_UNIQUE, /* none lies within the key: a key may have several rows */
	KEY_UNIQUE,     /* some does */
	KEY_ALONE,      /* the only one there is has exactly the key's columns */
};

enum key_index columns_key_index(struct client *c, const struct sql_load *l);

#endif
