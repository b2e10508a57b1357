/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PIVOT_CELLS_H
#define STAGES_PIVOT_CELLS_H

#include "common/text/bytes.h"

/* The values that the elements of one record have for the columns. */

/* How many elements there were that no column is for, and names that were there twice. */
struct cells_counts {
	uint64_t unknown, duplicates;
};

/*
 * Reads the array, one whole value (null is an array without elements). Returns false if the
 * record is bad: *field, *rule and *reason say why, until the next call.
 */
struct cells_fault {
	struct slice field;
	const char *rule, *reason;
};
bool cells_read(struct slice array, struct cells_counts *counts, struct cells_fault *fault);

/*
 * Appends the values of all columns, and of --rest json=FIELD, with their names before them if
 * named is true.
 */
bool cells_put(bool named, struct buf *out, struct cells_fault *fault);

#endif
