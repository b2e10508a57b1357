/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_KEY_H
#define STAGES_DEDUPE_KEY_H

#include "common/record/value.h"

/*
 * Keys and their values. Two values are the same if they are of one type and
 * equal, in any msgpack form. Numbers are compared by value across int, decimal
 * and float (a float counts as its shortest decimal text, as from-json reads
 * it), so 1, 1.0 and 1.00 are one key. Text is never a number.
 */

/*
 * Appends the value's canonical form: equal values give equal bytes, different
 * ones different bytes, and none begins another. NULL, or why it can be no key (a static text).
 */
const char *key_put(struct buf *b, const struct value *v);

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
const char *family_name(enum family family);

/* Negative, 0 or positive; both of one family. Texts and bytes by their bytes. */
int order_compare(const struct value *a, const struct value *b);

#endif
