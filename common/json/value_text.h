/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_VALUE_TEXT_H
#define COMMON_JSON_VALUE_TEXT_H

#include "common/record/value.h"

/* The two choices that the text of a value has. All zero: the canonical text. */
struct value_style {
	/* a float looks like one: 5.0 and 1e300 (float_text.h); else only digits: 5 */
	bool float_marked;
	/* bytes in base64, as JSON text has them (json_write.h); else in hexadecimal */
	bool base64;
};

/*
 * Appends the text of a value: an int as digits, a float as the shortest text that reads back as
 * the same float, NaN, Infinity, -Infinity; true and false; decimal and text as they are; dates and
 * times in ISO 8601 (iso.h); json as JSON text (json_write.h); bytes as the style has them. Nothing
 * for null and for a bad value. style NULL: the canonical text.
 *
 * Returns NULL on success, else the part of a json value that JSON cannot express (a static text).
 * If memory runs out the result is NULL and b->failed is set.
 */
const char *value_text(struct buf *b, const struct value *v, const struct value_style *style);

#endif
