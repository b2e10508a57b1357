/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_OUTLIER_H
#define COMMON_BATCH_OUTLIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers that are out of the usual range: further from the median of earlier ones than 4 times the
 * median absolute deviation (MAD). Both are robust: one bad day among the earlier ones moves
 * neither much.
 */

enum {
	OUTLIER_LAST = 8,    /* earlier numbers that count at most */
	OUTLIER_LEAST = 4,   /* with fewer of them no number is unusual */
	OUTLIER_FACTOR = 4,  /* times the MAD */
	OUTLIER_PERCENT = 5, /* of the median: a smaller deviation is never unusual */
};

struct range {
	bool known; /* there were enough earlier numbers */
	double low, high, median;
};

/* The median of n numbers, n at least 1; they are sorted in place. */
double outlier_median(double *numbers, size_t n);

/*
 * The usual range after these earlier numbers, in their order; the last OUTLIER_LAST of them
 * count.
 */
struct range outlier_range(const double *earlier, size_t n);

bool outlier_is(const struct range *r, double number);

#endif
