/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_DESCRIBE_H
#define COMMON_DB_PG_DESCRIBE_H

#include "common/db/pg/pg.h"
#include "common/sql/column.h"
#include "common/sql/pg_text.h"
#include "common/sql/sql.h"

/* A table, view or the like, as the server's catalog describes it. All zero is valid: no table. */
struct pg_table {
	uint32_t oid;        /* 0: the table does not exist */
	struct slice schema; /* where it was found */
	/* It takes no rows, because it is "a sequence", "a materialized view" …; else NULL. */
	const char *no_rows;
	bool is_view;
	bool needs_insert;        /* a view, or row-level security: COPY cannot fill it */
	struct column *columns;   /* tag: the column's pg_form */
	enum pg_text_rule *rules; /* of each column that is a COLUMN_OTHER */
	size_t n;
	struct buf seen; /* the catalog's answer, for pg_table_unchanged */
	void *kept;      /* memory that the others point into */
};

/* Describes the table of that name, freed before. No such table is success, with the oid 0. */
bool pg_table_describe(struct pg_connection *c, struct pg_table *t, const struct sql_table *name);
/*
 * *same: the columns are unchanged since pg_table_describe. If the table was
 * locked first, they stay so.
 */
bool pg_table_unchanged(struct pg_connection *c, const struct pg_table *t, bool *same);
void pg_table_free(struct pg_table *t);

#endif
