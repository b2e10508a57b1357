/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DIFF_RECORDS_SUMMARY_H
#define STAGES_DIFF_RECORDS_SUMMARY_H

#include "common/text/decimal_sum.h"
#include "stages/diff-records/compare.h"

/*
 * The differences as sums: for each group of records (all, or those with the same values of
 * --by) a record of how many records there are and one for each field that differs:
 * {BY..., field, old, new, difference, percent, added, removed, changed}.
 */
struct summary {
	struct sort_keys *keys; /* the first fields are those of --by */
	size_t by;
	struct comparison *comparison;
	struct stream_out *out;
	struct field_lookup names; /* of the fields that were met */
	struct summary_field {
		struct decimal_sum sums[2];
		bool no_number[2]; /* NaN or an infinity was among them */
		bool number;       /* a value was a number */
		uint64_t added, removed, changed;
	} * fields;
	uint64_t counts[2]; /* records of the group */
	uint64_t added, removed, changed;
	bool any;          /* a group was begun */
	bool differs;      /* the last pair */
	struct buf key;    /* of the group: the values of --by as order_put writes them */
	struct buf values; /* and as pairs of a map */
	struct buf record;
};

/* Dies with STATUS_USAGE if a field of --by is called like one of the output's. */
void summary_init(struct summary *s);
/* The current records of both sides, which have one key. True if they differ. */
bool summary_pair(struct summary *s, const struct side *old, const struct side *new);
/* The current record of one side, 0 or 1, which the other has not. */
void summary_single(struct summary *s, int which, const struct side *side);
/* Sends the last group. */
void summary_finish(struct summary *s);

#endif
