/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_WORD_H
#define COMMON_TEXT_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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
	if (n <= 8)
		return !n || (word_load(p) ^ word_load(q)) << (64 - 8 * n) == 0;
	for (; n > 16; p += 8, q += 8, n -= 8)
		if (word_load(p) != word_load(q))
			return false;
	return ((word_load(p) ^ word_load(q)) | (word_load(p + n - 8) ^ word_load(q + n - 8))) == 0;
}

/* Whether the n < 32 bytes at p are ASCII; 32 bytes can be read. */
static inline bool
words_ascii(const char *p, size_t n)
{
#if defined(__SSE2__)
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
	uint32_t tops = (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
	return (tops & ((UINT32_C(1) << n) - 1)) == 0;
#else
	for (; n >= 8; p += 8, n -= 8)
		if (word_load(p) & UINT64_C(0x8080808080808080))
			return false;
	return !n || (word_load(p) & UINT64_C(0x8080808080808080)) << (64 - 8 * n) == 0;
#endif
}

#endif
