/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/db/pg/written.h"

bool
pg_written(struct pg_connection *c, uint32_t oid, struct pg_written *w)
{
	char text[16];
	struct pg_rows rows;

	*w = (struct pg_written){0};
	snprintf(text, sizeof text, "%" PRIu32, oid);
	struct pg_parameter parameter = {.data = slice_of(text)};
	if (!pg_query(c,
		SLICE("WITH RECURSIVE tree (oid) AS (SELECT $1::oid UNION "
		      "SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i "
		      "JOIN tree ON tree.oid = i.inhparent) "
		      "SELECT sum(pg_catalog.pg_stat_get_xact_tuples_inserted(oid)), "
		      "sum(pg_catalog.pg_stat_get_xact_tuples_updated(oid)) FROM tree"),
		&parameter, 1, &rows))
		return false;
	if (rows.n > 0) {
		w->inserted = strtoull(pg_cell(&rows, 0, 0).p, NULL, 10);
		w->updated = strtoull(pg_cell(&rows, 0, 1).p, NULL, 10);
	}
	pg_rows_free(&rows);
	return true;
}
