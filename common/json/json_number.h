/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_NUMBER_H
#define COMMON_JSON_JSON_NUMBER_H

#include "common/text/bytes.h"

/*
 * A JSON number as msgpack, exactly. Without point and exponent it is an int if
 * it fits, else a decimal (never through a double). Any other number is a float
 * if float_is_decimal agrees, else a decimal with its own digits and the
 * exponent expanded. "-0" is the float -0.0, since an int would lose the sign.
 */

enum {
	JSON_DIGITS_MAX = 4096, /* of a decimal, zeros from an exponent included */
	JSON_NUMBER_MAX = 8192, /* bytes of the text of one number */
};

enum json_number {
	JSON_NUMBER_OK,
	JSON_NUMBER_MORE, /* the text may go on after end */
	JSON_NUMBER_BAD,
};

/*
 * Reads the number that begins at *p ('-' or a digit), appends it to out and
 * moves *p after it. On BAD, *p is the place of the fault and *error the
 * reason. last: nothing follows end. If out fails, the result is OK and
 * out->failed is set.
 */
enum json_number json_number_put(
    const char **p, const char *end, bool last, struct buf *out, const char **error);

#endif
