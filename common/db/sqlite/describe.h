/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_SQLITE_DESCRIBE_H
#define COMMON_DB_SQLITE_DESCRIBE_H

#include "common/db/sqlite/sqlite.h"
#include "common/sql/column.h"

/* A table of the file, as its schema describes it. All zero is valid: no table. */
struct sqlite_table {
	bool found;
	/* It takes no rows, because it is a "view", "virtual" …; no columns then. Else empty. */
	char no_rows[16];
	/*
	 * Its text has the word CONFLICT, so an INSERT needs OR ABORT, or a row
	 * may vanish.
	 */
	bool says_conflict;
	struct column *columns;
	size_t n;
	int64_t version; /* of the schema when it was described */
	void *kept;      /* memory that the columns point into */
};

/* Describes the table of that name. *t is overwritten and needs sqlite_table_free. No such table is success. */
bool sqlite_describe(struct sqlite_connection *c, struct sqlite_table *t, struct slice name);
/*
 * *same: the columns are unchanged since sqlite_describe. After sqlite_lock
 * they stay so.
 */
bool sqlite_unchanged(
    struct sqlite_connection *c, const struct sqlite_table *t, struct slice name, bool *same);
void sqlite_table_free(struct sqlite_table *t);

#endif
