/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_DECIMAL_H
#define COMMON_TEXT_DECIMAL_H

#include "common/text/bytes.h"

/*
 * Exact decimals as ASCII text, -?digits[.digits] (mam-stream(5), ext 1). No
 * function rounds unless it is asked to; digits after the point are kept as
 * they came, leading zeros before it are not.
 */

enum { DECIMAL_DIGITS_MAX = 1000 }; /* digits that any result may have */

enum decimal_round {
	ROUND_NONE, /* a digit that would be lost is a failure */
	ROUND_DOWN, /* toward zero */
	ROUND_UP,   /* away from zero */
	ROUND_FLOOR,
	ROUND_CEILING,
	ROUND_HALF_UP, /* a half goes away from zero */
	ROUND_HALF_DOWN,
	ROUND_HALF_EVEN,
};

/*
 * Reads [+-]digits[.digits][e[+-]digits] (also ".5" and "5.") and appends the
 * decimal of exactly that value. False, with nothing appended, when the text is
 * something else or would need more than DECIMAL_DIGITS_MAX digits.
 */
bool decimal_parse(struct slice text, struct buf *out);

/* The functions below take a valid decimal (value_decimal_valid). */

/*
 * Appends d times 10^places (places may be negative), exactly; false if it has
 * too many digits.
 */
bool decimal_shift(struct slice d, int places, struct buf *out);

/*
 * Appends d with exactly scale digits after the point. False, with nothing
 * appended, if digits other than 0 would be lost and round is ROUND_NONE, or if
 * it has too many digits. *changed is set if the value changed.
 */
bool decimal_rescale(
    struct slice d, unsigned scale, enum decimal_round round, struct buf *out, bool *changed);

/* Negative, 0, positive; 1.0 and 1.00 are equal, and so are 0 and -0. */
int decimal_compare(struct slice a, struct slice b);

/*
 * The integer if d is one within -2^63 … 2^64-1; if *huge is set, it is *u,
 * above INT64_MAX.
 */
bool decimal_to_integer(struct slice d, int64_t *i, uint64_t *u, bool *huge);

/* The words of a rule: "half-up", …; false if the name is not one of them. */
bool decimal_round_named(struct slice name, enum decimal_round *round);

#endif
