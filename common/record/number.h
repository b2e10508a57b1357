/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_NUMBER_H
#define COMMON_RECORD_NUMBER_H

#include "common/record/value.h"

/*
 * Numbers between integer, decimal and binary floating point, exactly or not at
 * all. Decimals are valid ASCII as ext 1 has them: -?digits[.digits].
 */

/* The extent of the digits of a decimal that are not 0. */
struct decimal_shape {
	/*
	 * digits before the point, from the first one; negative: zeros after
	 * the point before it
	 */
	long weight;
	/*
	 * places after the point of the last one; negative: zeros before the
	 * point after it
	 */
	long least;
	bool zero; /* the value is zero */
};

struct decimal_shape decimal_shape(struct slice s);

/*
 * The float as VALUE_INT; false if it has a fraction or does not fit in int64_t
 * or uint64_t.
 */
bool number_float_integer(double f, struct value *out);
/* The decimal as a float; false unless the float is that very number (0.5, not 0.1). */
bool number_decimal_float(struct slice s, double *f);
/* True if the integer is exactly a float of 8 bytes, or of 4 (single). */
bool number_int_is_float(const struct value *v, bool single);
/* True if the float is exactly one of 4 bytes; NaN and infinities are. */
bool number_float_is_single(double f);
bool number_is_finite(double f);

void number_put_integer(struct buf *b, const struct value *v);
/* The shortest digits that read back as the same float, without an exponent: a decimal. Finite floats only. */
void number_put_float(struct buf *b, double f);

#endif
