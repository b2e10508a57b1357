/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_SCAN_H
#define COMMON_JSON_JSON_SCAN_H

#include "common/text/bytes.h"
#include "common/text/word.h"

/*
 * Finding the end of a string and of white space in JSON text. Short runs are
 * decided here, 8 bytes at a time and portably; longer ones go to the widest
 * vectors that the machine has, chosen at run time. No byte at or past end is read.
 */

/*
 * First byte in [p, end) that is '"', '\\', a control character or not ASCII,
 * or end.
 */
const char *json_scan_ascii_long(const char *p, const char *end);
/* The same in the portable form, for tests to compare with. */
const char *json_scan_ascii_portable(const char *p, const char *end);

/*
 * First byte in [p, end) that is '"', '\\' or a control character, or that
 * begins malformed UTF-8 (also cut off by end), or end.
 */
const char *json_scan_text(const char *p, const char *end);

/* First byte in [p, end) that is not JSON white space, or end. */
const char *json_skip_space(const char *p, const char *end);

/*
 * 0x80 in each byte of the word that ends a plain run. The lowest mark is exact;
 * a borrow may set marks above it, so only the first one counts.
 */
inline uint64_t
json_scan_marks(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t quote = word ^ (ones * '"');
	uint64_t backslash = word ^ (ones * '\\');
	return ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & tops;
}

/* json_scan_ascii_long for runs that are short as a rule. */
inline const char *
json_scan_ascii(const char *p, const char *end)
{
	for (int i = 0; i < 3; i++, p += 8) {
		if (end - p < 8)
			return json_scan_ascii_portable(p, end);
		uint64_t marks = json_scan_marks(word_load(p));
		if (marks)
			return p + (__builtin_ctzll(marks) >> 3);
	}
	return json_scan_ascii_long(p, end);
}

#endif
