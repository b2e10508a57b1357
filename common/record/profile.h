/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_PROFILE_H
#define COMMON_RECORD_PROFILE_H

#include "common/record/value.h"
#include "common/text/decimal_sum.h"
#include "common/text/distinct.h"

/*
 * What the values of one field are: how many of each type, how many different ones, the
 * least and the greatest, their sum, examples. Memory is bounded: a few KiB of values,
 * and distinct.h.
 *
 * Different values: numbers are equal by value across int and decimal, and a float with
 * an integer equals it; all others are equal if type and bytes are.
 */

enum {
	PROFILE_EXAMPLES = 3,
	PROFILE_KEPT_MAX = 1024, /* bytes of a text that are kept; longer ones are cut */
};

/* Values with an order of their own. */
enum profile_family {
	PROFILE_NUMBER, /* int, float, decimal */
	PROFILE_TEXT,
	PROFILE_DATE,
	PROFILE_DATETIME,
	PROFILE_TIMESTAMP,
	PROFILE_BOOL,
	PROFILE_FAMILIES,
};

/* A copy of a value. */
struct profile_value {
	struct value v;
	struct buf bytes; /* those of a text or decimal */
	bool cut;         /* the text goes on */
	/* The number n / 10^places, if it is one of at most 18 digits. */
	bool is_scaled;
	int64_t n;
	unsigned places;
};

struct profile_range {
	struct profile_value least, greatest;
};

struct profile {
	uint64_t counts[VALUE_BAD + 1]; /* by type; VALUE_NULL: nulls */
	struct distinct distinct;
	uint64_t last_hash;
	struct profile_range *ranges[PROFILE_FAMILIES]; /* NULL: no such value */
	struct decimal_sum sum;                         /* of finite numbers */
	uint64_t not_finite;                        /* NaN and infinities: in no range, in no sum */
	uint64_t longest_characters, longest_bytes; /* of text; bytes also of bytes */
	uint64_t empty;                             /* texts without a character */
	struct profile_value examples[PROFILE_EXAMPLES];
	uint64_t example_hashes[PROFILE_EXAMPLES];
	size_t n_examples;
	bool failed; /* no memory */
};

/* A value, and the parts of it that several counts need. */
struct profile_look {
	struct value v;
	uint64_t hash;
	bool is_scaled; /* the number n / 10^places */
	int64_t n;
	unsigned places;
};

/*
 * Counts one value, which is whole and checked, in two steps: looks at l->v, which the
 * caller has set, and counts it. Between the two the caller can look at other values, while
 * the memory for this one is on its way.
 */
void profile_look(const struct profile *p, struct profile_look *l);
void profile_add(struct profile *p, const struct profile_look *l, struct distinct_budget *budget);
void profile_free(struct profile *p);

#endif
