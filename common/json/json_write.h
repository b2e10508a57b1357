/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_WRITE_H
#define COMMON_JSON_JSON_WRITE_H

#include "common/text/bytes.h"

/*
 * msgpack values as JSON text without white space, the other side of json_read.h.
 * An int is written exactly; a float shortest, and so that it stays a float; a decimal
 * as a number with its digits as they are (or as text); date, datetime and
 * timestamp as ISO 8601 text (iso.h); bytes as base64 text (RFC 4648 section 4).
 */

struct json_style {
	bool decimal_text; /* decimals as text, for readers that put all numbers into a double */
};

/*
 * Appends the value at *p, which is whole (measured), and moves *p after it.
 * NULL on success, else the kind of value that has no JSON form (a static
 * text): NaN, an infinity, text that is not UTF-8, a member's name that is not
 * text, an unknown ext. If out fails the result is NULL and out->failed is set.
 */
const char *json_write_value(
    struct buf *out, const char **p, const char *end, const struct json_style *style);

/* The same for one whole object in memory. */
const char *json_write(struct buf *out, struct slice msgpack, const struct json_style *style);

/* Appends text in double quotes; false if it is not UTF-8. */
bool json_write_text(struct buf *out, struct slice text);

#endif
