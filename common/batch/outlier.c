/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/batch/outlier.h"

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double
outlier_median(double *numbers, size_t n)
{
	qsort(numbers, n, sizeof *numbers, by_size);
	return n % 2 ? numbers[n / 2] : (numbers[n / 2 - 1] + numbers[n / 2]) / 2;
}

struct range
outlier_range(const double *earlier, size_t n)
{
	struct range r = {0};
	double numbers[OUTLIER_LAST];
	if (n < OUTLIER_LEAST)
		return r;
	if (n > OUTLIER_LAST) {
		earlier += n - OUTLIER_LAST;
		n = OUTLIER_LAST;
	}
	for (size_t i = 0; i < n; i++)
		numbers[i] = earlier[i];
	r.known = true;
	r.median = outlier_median(numbers, n);
	for (size_t i = 0; i < n; i++)
		numbers[i] = earlier[i] < r.median ? r.median - earlier[i] : earlier[i] - r.median;
	double width = OUTLIER_FACTOR * outlier_median(numbers, n);
	/* Where all earlier numbers are nearly equal, the smallest change would be unusual. */
	double least = r.median * OUTLIER_PERCENT / 100;
	if (width < least)
		width = least;
	r.low = r.median - width;
	r.high = r.median + width;
	return r;
}

bool
outlier_is(const struct range *r, double number)
{
	return r->known && (number < r->low || number > r->high);
}
