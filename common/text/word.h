/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_WORD_H
#define COMMON_TEXT_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Text read eight bytes at a time, for hot paths. Inline: a call would cost more than the work. */

/* Eight bytes with the first one lowest, on machines of any byte order. */
inline uint64_t
word_load(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* Whether the n bytes at p are those at q; seven more may be read at both. */
inline bool
words_equal(const char *p, const char *q, size_t n)
{
	while (n >= 8) {
		if (word_load(p) != word_load(q))
			return false;
		p += 8;
		q += 8;
		n -= 8;
	}
	return !n || (word_load(p) ^ word_load(q)) << (64 - 8 * n) == 0;
}

#endif
