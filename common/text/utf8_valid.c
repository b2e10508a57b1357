/* SPDX-License-Identifier: MIT */
#include "common/text/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>

/*
 * Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte"
 * (2021). Whether two neighbour bytes are valid depends on both halves of the
 * first and the upper half of the second. A table for each half lists the
 * faults that it allows; a fault that all three allow is present. PAIR alone is
 * not a fault: it means two continuations, which must follow the head of three
 * or four bytes and must not occur elsewhere.
 */
enum {
	CUT = 1 << 0,        /* a head, and no continuation after it */
	STRAY = 1 << 1,      /* a continuation after ASCII */
	OVERLONG_3 = 1 << 2, /* e0 80 to e0 9f */
	TOO_LARGE = 1 << 3,  /* f4 90 and above */
	SURROGATE = 1 << 4,  /* ed a0 to ed bf */
	OVERLONG_2 = 1 << 5, /* c0, c1 */
	OVERLONG_4 = 1 << 6, /* f0 80 to f0 8f */
	NO_HEAD = 1 << 6,    /* f5 80 and above */
	PAIR = 1 << 7,
	ANY = CUT | STRAY | PAIR,
	LARGE = ANY | TOO_LARGE | NO_HEAD,
	NEXT = STRAY | OVERLONG_2 | PAIR,
};

#define TWICE(...) __VA_ARGS__, __VA_ARGS__

static const int8_t first_upper[32] = {TWICE(STRAY, STRAY, STRAY, STRAY, STRAY, STRAY, STRAY, STRAY,
    (int8_t)PAIR, (int8_t)PAIR, (int8_t)PAIR, (int8_t)PAIR, CUT | OVERLONG_2, CUT,
    CUT | OVERLONG_3 | SURROGATE, CUT | TOO_LARGE | NO_HEAD)};
static const int8_t first_lower[32] = {TWICE((int8_t)(ANY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4),
    (int8_t)(ANY | OVERLONG_2), (int8_t)ANY, (int8_t)ANY, (int8_t)(ANY | TOO_LARGE), (int8_t)LARGE,
    (int8_t)LARGE, (int8_t)LARGE, (int8_t)LARGE, (int8_t)LARGE, (int8_t)LARGE, (int8_t)LARGE,
    (int8_t)LARGE, (int8_t)(LARGE | SURROGATE), (int8_t)LARGE, (int8_t)LARGE)};
static const int8_t second_upper[32] = {
    TWICE(CUT, CUT, CUT, CUT, CUT, CUT, CUT, CUT, (int8_t)(NEXT | OVERLONG_3 | OVERLONG_4),
	(int8_t)(NEXT | OVERLONG_3 | TOO_LARGE), (int8_t)(NEXT | SURROGATE | TOO_LARGE),
	(int8_t)(NEXT | SURROGATE | TOO_LARGE), CUT, CUT, CUT, CUT)};

#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))

/* Not zero if a byte of the block breaks the text; before is the block before it. */
__attribute__((target("avx2"))) static inline __m256i
faults(__m256i block, __m256i before)
{
	const __m256i half = _mm256_set1_epi8(0x0f);
	__m256i middle = _mm256_permute2x128_si256(before, block, 0x21);
	__m256i one = _mm256_alignr_epi8(block, middle, 15); /* the byte before each byte */
	__m256i two = _mm256_alignr_epi8(block, middle, 14);
	__m256i three = _mm256_alignr_epi8(block, middle, 13);
	__m256i a = _mm256_shuffle_epi8(
	    LOAD(first_upper), _mm256_and_si256(_mm256_srli_epi16(one, 4), half));
	__m256i b = _mm256_shuffle_epi8(LOAD(first_lower), _mm256_and_si256(one, half));
	__m256i c = _mm256_shuffle_epi8(
	    LOAD(second_upper), _mm256_and_si256(_mm256_srli_epi16(block, 4), half));
	/* The highest bit is set where a third or fourth byte belongs. */
	__m256i late = _mm256_or_si256(_mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80)),
	    _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80)));
	__m256i pair = _mm256_and_si256(late, _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(pair, _mm256_and_si256(_mm256_and_si256(a, b), c));
}

/* The zeros after the text show that its last character is whole. */
__attribute__((target("avx2"))) static bool
valid_short_avx2(const char *text, size_t n)
{
	static const char ones[64] = {TWICE(TWICE(TWICE(-1, -1, -1, -1))), 0};
	__m256i block = _mm256_and_si256(LOAD(text), LOAD(ones + 32 - n));
	__m256i wrong = faults(block, _mm256_setzero_si256());
	return _mm256_testz_si256(wrong, wrong);
}

__attribute__((target("avx2"))) static bool
valid_avx2(const char *p, size_t n)
{
	__m256i before = _mm256_setzero_si256(), wrong = before;
	char last[32] = {0};
	for (; n >= 32; p += 32, n -= 32) {
		__m256i block = LOAD(p);
		if (_mm256_movemask_epi8(_mm256_or_si256(block, before)))
			wrong = _mm256_or_si256(wrong, faults(block, before));
		before = block;
	}
	if (n)
		memcpy(last, p, n);
	wrong = _mm256_or_si256(wrong, faults(LOAD(last), before));
	return _mm256_testz_si256(wrong, wrong);
}

static bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

bool
utf8_valid(struct slice s)
{
	return has_avx2() ? valid_avx2(s.p, s.n) : utf8_valid_portable(s);
}

bool
utf8_valid_short(const char *text, size_t n)
{
	return has_avx2() ? valid_short_avx2(text, n) : utf8_valid_short_portable(text, n);
}

/* Bytes before the last character, which may be cut. */
static size_t
before_last(struct slice s)
{
	size_t n = s.n;
	for (size_t i = 0; i < 4 && n; i++)
		if (((unsigned char)s.p[--n] & 0xc0) != 0x80)
			break;
	return n;
}

/* Nearly all text is good to its last character: only where it is not, the place is looked for. */
size_t
utf8_first_bad(struct slice s)
{
	size_t n = before_last(s);
	if (n < UTF8_SHORT || !has_avx2() || !valid_avx2(s.p, n))
		return utf8_first_bad_portable(s);
	return n + utf8_first_bad_portable((struct slice){s.p + n, s.n - n});
}

#else

bool
utf8_valid(struct slice s)
{
	return utf8_valid_portable(s);
}

size_t
utf8_first_bad(struct slice s)
{
	return utf8_first_bad_portable(s);
}

bool
utf8_valid_short(const char *text, size_t n)
{
	return utf8_valid_short_portable(text, n);
}

#endif
