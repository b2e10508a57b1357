/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_UTF8_REPAIR_H
#define COMMON_TEXT_UTF8_REPAIR_H

#include "common/text/bytes.h"

enum { UTF8_REPLACEMENT_BYTES = 3 };
extern const char utf8_replacement[UTF8_REPLACEMENT_BYTES]; /* U+FFFD */

/* The bytes read and written by one step, and how many characters were replaced. */
struct utf8_repair {
	size_t used, made;
	uint64_t replaced;
};

/*
 * Copies UTF-8 from in to out, which has room for cap (at least 4) bytes, with U+FFFD in place of
 * each malformed sequence, by the rule of Unicode and browsers: the longest beginning of a character
 * is one. Stops before a character that in cuts off, unless it is the last of the text.
 */
struct utf8_repair utf8_repair(struct slice in, bool last, char *out, size_t cap);

#endif
