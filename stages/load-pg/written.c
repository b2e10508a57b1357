/* SPDX-License-Identifier: MIT */
#include "stages/load-pg/written.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stages/load-pg/pg.h"

struct written {
	uint64_t inserted, updated;
};

static struct written before;

/* Of the table and its partitions. */
static struct written
count(uint32_t oid)
{
	char text[16];
	struct written w = {0};

	snprintf(text, sizeof(text), "%" PRIu32, oid);
	struct pg_rows rows =
	    pg_query(SLICE("WITH RECURSIVE tree (oid) AS (SELECT $1::oid UNION "
			   "SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i "
			   "JOIN tree ON tree.oid = i.inhparent) "
			   "SELECT sum(pg_catalog.pg_stat_get_xact_tuples_inserted(oid)), "
			   "sum(pg_catalog.pg_stat_get_xact_tuples_updated(oid)) FROM tree"),
		text);
	if (rows.n > 0) {
		w.inserted = strtoull(pg_cell(&rows, 0, 0).p, NULL, 10);
		w.updated = strtoull(pg_cell(&rows, 0, 1).p, NULL, 10);
	}
	pg_rows_free(&rows);
	return w;
}

void
written_before(uint32_t oid)
{
	before = count(oid);
}

bool
written_inserted(uint32_t oid, uint64_t touched, uint64_t *inserted)
{
	struct written now = count(oid);

	*inserted = now.inserted - before.inserted;
	return *inserted + (now.updated - before.updated) == touched;
}
