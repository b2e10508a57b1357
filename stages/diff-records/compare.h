/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DIFF_RECORDS_COMPARE_H
#define STAGES_DIFF_RECORDS_COMPARE_H

#include "stages/diff-records/side.h"

/*
 * Two values are equal if both are null or missing, or if they are of one kind and equal:
 * numbers by value across int, decimal and float, maps and arrays by their bytes.
 */
bool values_equal(const struct value *a, const struct value *b);

/* Compares the records of two sides with equal keys, field by field. */
struct comparison {
	const struct layouts *layouts;
	struct field_lookup skipped[2]; /* fields that are not compared, looked up in each side */
	struct record records[2];       /* the decoded old and new record */
};

/*
 * Fields of the key, those of --ignore, and those that only one side has are not compared.
 * Dies with STATUS_DATA if an ignored field is on no side.
 */
void comparison_init(struct comparison *c, const struct sort_keys *keys,
    const struct option_list *ignored, const struct side *old, const struct side *new);

/* Decodes the current record of a side, 0 or 1. */
const struct record *comparison_read(struct comparison *c, int which, const struct side *s);
/* Whether the field at a position of a record of that side is compared. */
bool comparison_wants(struct comparison *c, int which, size_t position, struct slice name);

/*
 * Calls for every compared field of the two records that were read, with its values; a
 * missing one is VALUE_NULL.
 */
typedef void comparison_field(
    void *to, struct slice name, const struct value *old, const struct value *new);
void comparison_each(struct comparison *c, comparison_field *call, void *to);

#endif
