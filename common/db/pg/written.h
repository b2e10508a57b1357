/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_PG_WRITTEN_H
#define COMMON_DB_PG_WRITTEN_H

#include "common/db/pg/pg.h"

/*
 * How many rows this transaction has inserted into a table and its partitions, and updated
 * there. The answer to an INSERT … ON CONFLICT has only the sum of both. The server counts
 * each for its statistics, also within the transaction, and without further work. Not
 * every server counts all: compare the difference of two counts with the sum.
 */
struct pg_written {
	uint64_t inserted, updated;
};

bool pg_written(struct pg_connection *c, uint32_t oid, struct pg_written *w);

#endif
