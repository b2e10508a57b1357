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

#endif
