/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_ORDER_H
#define COMMON_RECORD_ORDER_H

#include "common/record/value.h"

/*
 * The order of values. Numbers are compared by value across int, decimal and float (a
 * float counts as its shortest decimal text, as from-json reads it), texts and bytes by
 * their bytes, times by time, false before true. Text is never a number.
 */

/* The families of values that can be ordered among themselves. */
enum family {
	FAMILY_NONE,
	FAMILY_NUMBER,
	FAMILY_BOOL,
	FAMILY_TEXT,
	FAMILY_BYTES,
	FAMILY_DATE,
	FAMILY_DATETIME,
	FAMILY_TIMESTAMP,
};

/* The value's family; FAMILY_NONE with *why set (a static text) when it has no order. */
enum family order_family(const struct value *v, const char **why);
/* With its article: "a number". */
const char *family_name(enum family family);

/* Negative, 0 or positive; both of one family. */
int order_compare(const struct value *a, const struct value *b);

/*
 * The same order as bytes, for sorting: of two values of one family, or null, the one
 * that memcmp finds smaller comes first. Equal values give equal bytes, and none begins
 * another, so the bytes of several fields can follow each other.
 *
 * A null or missing value comes last unless ORDER_NULLS_FIRST is set, whatever the
 * direction; all NaN are equal and greater than any other number. Not for json.
 */
enum { ORDER_DESCENDING = 1, ORDER_NULLS_FIRST = 2 };

void order_put(struct buf *b, const struct value *v, unsigned flags);

#endif
