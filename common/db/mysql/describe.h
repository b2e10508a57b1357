/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_DESCRIBE_H
#define COMMON_DB_MYSQL_DESCRIBE_H

#include "common/db/mysql/client.h"
#include "common/sql/column.h"
#include "common/sql/sql.h"

/* A table or view as information_schema describes it. All zero is valid: no table. */
struct client_table {
	bool found;
	struct slice schema; /* where it was found */
	bool is_view;
	struct slice engine; /* empty: a view */
	bool transactional;  /* the engine can undo a transaction */
	struct column *columns;
	size_t n;
	struct buf seen; /* the catalog's answer, for client_table_unchanged */
	void *kept;      /* memory that the others point into */
};

/*
 * Describes the table of that name, freed before; without a schema, that of the connection's database.
 * No such table is success.
 */
bool client_table_describe(struct client *c, struct client_table *t, const struct sql_table *name);
/*
 * *same: the columns are unchanged since client_table_describe. After a
 * statement on the table they cannot change until the transaction ends.
 */
bool client_table_unchanged(
    struct client *c, const struct client_table *t, const struct sql_table *name, bool *same);
/*
 * Describes the table that sql_create_table would make of the columns, whose types are types. Names
 * are not copied.
 */
bool client_table_planned(struct client *c, struct client_table *t, const struct sql_load *l,
    const enum value_type *types);
void client_table_free(struct client_table *t);

/* How a table's unique indexes relate to the key columns. */
enum key_index {
	KEY_NOT_UNIQUE, /* none lies within the key: a key may have several rows */
	KEY_UNIQUE,     /* some does */
	KEY_ALONE,      /* the only one there is has exactly the key's columns */
};

bool client_key_index(struct client *c, const struct sql_load *l, enum key_index *index);

#endif
