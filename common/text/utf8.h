/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_UTF8_H
#define COMMON_TEXT_UTF8_H

#include "common/text/bytes.h"

/*
 * True if s is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms,
 * nothing past U+10FFFF).
 */
bool utf8_valid(struct slice s);
/* The same for n < UTF8_SHORT bytes, where UTF8_SHORT + 8 bytes of any value can be read. */
enum { UTF8_SHORT = 32 };
bool utf8_valid_short(const char *text, size_t n);
/* The portable forms of both, for processors without AVX2 and for tests to compare with. */
bool utf8_valid_portable(struct slice s);
bool utf8_valid_short_portable(const char *text, size_t n);
/* Offset of the first byte that is not well-formed UTF-8; s.n when all is. The second is the portable form. */
size_t utf8_first_bad(struct slice s);
size_t utf8_first_bad_portable(struct slice s);
/* Number of code points of valid UTF-8. */
size_t utf8_count(struct slice s);
/* Decodes one code point of valid UTF-8 at s.p; returns its length in bytes (1-4), 0 at the end or on bad bytes. */
size_t utf8_decode(struct slice s, uint32_t *code_point);
/* Writes a code point (not a surrogate, at most U+10FFFF) as UTF-8; returns the bytes written (1-4). */
size_t utf8_encode(uint32_t code_point, char out[4]);
/* Columns on a terminal: East Asian wide and fullwidth count 2, combining marks 0, control characters 1. */
size_t utf8_width(uint32_t code_point);

#endif
