/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/text/text_count.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

/* Sum of the marks (0x80 each) in a word. */
static size_t
sum(uint64_t marks)
{
	return (size_t)(((marks >> 7) * ones) >> 56);
}

size_t
text_newlines_portable(const char *p, const char *end)
{
	size_t n = 0;
	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		word ^= ones * '\n';
		/* Without a carry from byte to byte: a mark in each byte that is zero now. */
		n += sum(~(((word & ~tops) + ~tops) | word | ~tops));
	}
	for (; p < end; p++)
		n += *p == '\n';
	return n;
}

static size_t
continuations_portable(const char *p, const char *end)
{
	size_t n = 0;
	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		n += sum(word & ~(word << 1) & tops);
	}
	for (; p < end; p++)
		n += ((unsigned char)*p & 0xc0) == 0x80;
	return n;
}

size_t
text_characters_portable(const char *p, const char *end)
{
	return (size_t)(end - p) - continuations_portable(p, end);
}

#if defined(__x86_64__)

__attribute__((target("avx2,popcnt"))) static size_t
newlines_avx2(const char *p, const char *end)
{
	const __m256i newline = _mm256_set1_epi8('\n');
	size_t n = 0;
	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, newline));
		n += (size_t)__builtin_popcount(mask);
	}
	return n + text_newlines_portable(p, end);
}

__attribute__((target("avx2,popcnt"))) static size_t
characters_avx2(const char *p, const char *end)
{
	/* As signed bytes the continuations, 0x80 to 0xbf, are all that is below 0xc0. */
	const __m256i first = _mm256_set1_epi8((char)0xc0);
	const char *start = p;
	size_t n = 0;
	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_cmpgt_epi8(first, v));
		n += (size_t)__builtin_popcount(mask);
	}
	return (size_t)(p - start) - n + text_characters_portable(p, end);
}

static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

size_t
text_newlines(const char *p, const char *end)
{
	return has_avx2() ? newlines_avx2(p, end) : text_newlines_portable(p, end);
}

size_t
text_characters(const char *p, const char *end)
{
	return has_avx2() ? characters_avx2(p, end) : text_characters_portable(p, end);
}

#else

size_t
text_newlines(const char *p, const char *end)
{
	return text_newlines_portable(p, end);
}

size_t
text_characters(const char *p, const char *end)
{
	return text_characters_portable(p, end);
}

#endif
