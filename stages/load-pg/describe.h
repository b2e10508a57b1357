/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_DESCRIBE_H
#define LOAD_PG_DESCRIBE_H

#include "common/sql/column.h"
#include "common/sql/pg_binary.h"
#include "common/sql/pg_text.h"
#include "common/sql/sql.h"

/* The target as the server's catalog describes it. Columns have their pg_form in tag. */
struct target {
	uint32_t oid;
	bool is_view;
	bool needs_stage; /* a view, or row-level security: only INSERT is for it */
	struct column *columns;
	enum pg_text_rule *rules; /* of each column that is a COLUMN_OTHER */
	size_t n;
};

/* False when there is no such table. Sets table->schema to where it was found. All lives until the process ends. */
bool describe_target(struct target *t, struct sql_table *table);
/* True when the table still is what describe_target saw; its lock must be held. */
bool describe_unchanged(const struct target *t);

#endif
