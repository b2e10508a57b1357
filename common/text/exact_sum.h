/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_EXACT_SUM_H
#define COMMON_TEXT_EXACT_SUM_H

#include "common/text/bytes.h"

/*
 * An exact sum of any number of decimals (decimal.h) in bounded memory: it takes one word
 * for each 9 digits between the largest and the smallest that was added. All-zero is 0.
 */
struct exact_sum {
	int64_t *limbs; /* limbs[i] times 10^(9 * (low + i)) */
	size_t n, cap;
	long low;
	size_t scale;   /* the most digits after the point that were added */
	uint32_t added; /* since the limbs were carried last */
};

/* Digits before the point, and after it, that a sum can have. */
enum { EXACT_SUM_DIGITS = 9 * 1024 };

/* Adds a valid decimal. False, with nothing added, if it has too many digits or memory is short. */
bool exact_sum_add(struct exact_sum *s, struct slice decimal);
/* The same for an integer: its absolute value and whether it is negative. */
bool exact_sum_add_integer(struct exact_sum *s, uint64_t absolute, bool negative);
/* Adds another sum, or takes it away. */
bool exact_sum_add_sum(struct exact_sum *s, const struct exact_sum *other, bool negative);

/* Negative, 0 or positive. */
int exact_sum_sign(struct exact_sum *s);
/* Appends the sum as a decimal with as many digits after the point as the longest that was added. */
void exact_sum_put(struct exact_sum *s, struct buf *b);

/* Back to 0; the memory is kept. */
void exact_sum_reset(struct exact_sum *s);
void exact_sum_free(struct exact_sum *s);

#endif
