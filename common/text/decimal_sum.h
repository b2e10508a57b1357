/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_DECIMAL_SUM_H
#define COMMON_TEXT_DECIMAL_SUM_H

#include "common/text/bytes.h"

/*
 * The exact sum of decimals (decimal.h). Numbers of at most 18 digits are added as
 * integers of 128 bits, one sum for each number of places after the point; longer ones as
 * text.
 */

enum { DECIMAL_SUM_PLACES = 19 };

/* All-zero is the sum of no numbers. */
struct decimal_sum {
	struct decimal_wide {
		uint64_t low;
		int64_t high;
	} places[DECIMAL_SUM_PLACES];
	uint64_t used;   /* bits: which of them have numbers */
	struct buf rest; /* the sum of the long ones; empty: there is none */
	bool failed;     /* no memory */
};

/* Adds n / 10^places; places is below DECIMAL_SUM_PLACES. At most 2^63 numbers. */
void decimal_sum_add_scaled(struct decimal_sum *s, int64_t n, unsigned places);
/* Adds a valid decimal of any length. */
void decimal_sum_add(struct decimal_sum *s, struct slice digits);
/*
 * Appends the sum with as many places as the number with the most. False, with
 * nothing appended, if there were no numbers or no memory.
 */
bool decimal_sum_get(const struct decimal_sum *s, struct buf *out);
void decimal_sum_free(struct decimal_sum *s);

/* Appends a + b, two valid decimals, with the places of the one that has more. */
void decimal_add(struct slice a, struct slice b, struct buf *out);

/*
 * The digits of a valid decimal as an integer, and its places after the point; false if
 * there are more than 18 digits.
 */
bool decimal_scaled(struct slice digits, int64_t *n, unsigned *places);

#endif
