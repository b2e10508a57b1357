/* SPDX-License-Identifier: MIT */
#ifndef STAGES_TO_TABLE_TABLE_H
#define STAGES_TO_TABLE_TABLE_H

#include "common/record/record.h"

/*
 * Rows under columns. The first rows (TABLE_SAMPLE, or less when they are large) are
 * kept and decide which columns there are and how wide; the rest is written as it comes.
 */
enum { TABLE_SAMPLE = 1000 };

/*
 * most: columns of the terminal that one value may take; reject_most: that a reject's field
 * "_reject" may take, whose end is the reason. Writes to out, which its owner flushes.
 */
void table_init(struct buf *out, size_t most, size_t reject_most, bool colour);
/* Adds a record; the lines that can be written now are appended to out. */
void table_add(const struct record *r);
/* Writes the rows kept so far. Later rows use the same widths. */
void table_flush(void);

#endif
