/* SPDX-License-Identifier: MIT */
#ifndef LOAD_PG_WRITTEN_H
#define LOAD_PG_WRITTEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many of the rows of an INSERT … ON CONFLICT were new. The answer to the statement
 * has only the sum, but the server counts inserts and updates of every table for its
 * statistics, also within the transaction, and without further work.
 */

/* Before the statement. */
void written_before(uint32_t oid);
/* After it. False unless the counts add up to the rows that the statement touched. */
bool written_inserted(uint32_t oid, uint64_t touched, uint64_t *inserted);

#endif
