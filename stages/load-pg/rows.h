/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_PG_ROWS_H
#define STAGES_LOAD_PG_ROWS_H

#include "common/db/pg/describe.h"
#include "common/load/load.h"

/* The rows of the load, as binary COPY. */

/* Begins it. The table is locked against changes of its columns first, and a mode that cannot work on it is reported now. */
void rows_open(const struct pg_table *t, const struct load *l);
void rows_put(const struct value *values, size_t n);
/* Ends the COPY, so that the connection takes statements; the next row begins another. */
void rows_pause(void);
/* Ends it; returns how many rows the server kept. */
uint64_t rows_close(void);

/* Runs a statement with fitted values as parameters. */
uint64_t rows_execute(struct slice sql, const struct value *values, size_t n);

#endif
