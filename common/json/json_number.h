/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_NUMBER_H
#define COMMON_JSON_JSON_NUMBER_H

#include "common/text/bytes.h"

/*
 * A JSON number as msgpack, exactly. Written without point and exponent it is an
 * int where that fits, else a decimal (never through a double). Any other number
 * is a float when float_is_decimal says so, else a decimal: its own digits, an
 * exponent expanded. "-0" is the float -0.0, as an int would lose its sign.
 */

enum {
	JSON_DIGITS_MAX = 4096, /* of a decimal, zeros from an exponent included */
	JSON_NUMBER_MAX = 8192, /* bytes of the text of one number */
};

enum json_number {
	JSON_NUMBER_OK,
	JSON_NUMBER_MORE, /* the text may go on behind end */
	JSON_NUMBER_BAD,
};

/*
 * Reads the number that begins at *p ('-' or a digit), appends it to out and
 * moves *p behind it. On BAD *p is where it is wrong and *error says why. last:
 * nothing follows end. When out fails the result is OK and out->failed is set.
 */
enum json_number json_number_put(
    const char **p, const char *end, bool last, struct buf *out, const char **error);

#endif
