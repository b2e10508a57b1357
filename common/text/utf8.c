/* SPDX-License-Identifier: MIT */
#include "common/text/utf8.h"
#include "common/text/word.h"

enum { RUN = 32 }; /* bytes that are looked at together */

static bool
is_ascii_run(const char *p)
{
	uint64_t words[RUN / 8];
	memcpy(words, p, sizeof words);
	return ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) == 0;
}

/*
 * Length of the well-formed sequence at p, or 0: RFC 3629 section 4, its table
 * of ranges.
 */
static size_t
sequence(const unsigned char *p, size_t n)
{
	unsigned char c = p[0];
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return n >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
	if (c >= 0xe0 && c <= 0xef) {
		unsigned char low = c == 0xe0 ? 0xa0 : 0x80;
		unsigned char high = c == 0xed ? 0x9f : 0xbf;
		return n >= 3 && p[1] >= low && p[1] <= high && (p[2] & 0xc0) == 0x80 ? 3 : 0;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		unsigned char low = c == 0xf0 ? 0x90 : 0x80;
		unsigned char high = c == 0xf4 ? 0x8f : 0xbf;
		return n >= 4 && p[1] >= low && p[1] <= high && (p[2] & 0xc0) == 0x80 &&
			       (p[3] & 0xc0) == 0x80
			   ? 4
			   : 0;
	}
	return 0;
}

static bool
is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * Whether two three-byte characters are at p, neither of which begins with 0xe0
 * or 0xed: those allow less after them.
 */
static bool
are_two_threes(uint64_t w)
{
	if ((w & 0xc0c0f0c0c0f0u) != 0x8080e08080e0u)
		return false;
	uint64_t leads = w & 0x0f00000fu;
	uint64_t surrogate = leads ^ 0x0d00000du;
	return (leads & 0x0f) && leads >> 24 && (surrogate & 0x0f) && surrogate >> 24;
}

/*
 * After the three-byte characters at p: nearly all of Japanese, Chinese and
 * Korean text.
 */
static const unsigned char *
skip_threes(const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 8 && are_two_threes(word_load((const char *)p)))
		p += 6;
	while (end - p >= 3 && (p[0] & 0xf0) == 0xe0 && is_continuation(p[1]) &&
	       is_continuation(p[2]) && !(p[0] == 0xe0 && p[1] < 0xa0) &&
	       !(p[0] == 0xed && p[1] > 0x9f))
		p += 3;
	return p;
}

size_t
utf8_first_bad_portable(struct slice s)
{
	if (!s.n)
		return 0; /* p may be NULL */
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
	while (p < end) {
		while (end - p >= RUN && is_ascii_run((const char *)p))
			p += RUN;
		while (p < end && *p < 0x80)
			p++;
		p = skip_threes(p, end);
		if (p == end || *p < 0x80)
			continue;
		size_t n = sequence(p, (size_t)(end - p));
		if (!n)
			break;
		p += n;
	}
	return s.n - (size_t)(end - p);
}

bool
utf8_valid_short_portable(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	while (n) {
		uint64_t w = word_load((const char *)p);
		if (n < 8)
			w &= UINT64_MAX >> (64 - 8 * n);
		uint64_t high = w & 0x8080808080808080u;
		size_t step = 8;
		if (high & 0x80)
			step = are_two_threes(w) ? 6 : sequence(p, n);
		else if (high)
			step = (size_t)__builtin_ctzll(high) / 8;
		if (!step)
			return false;
		if (step >= n)
			return true;
		p += step;
		n -= step;
	}
	return true;
}

bool
utf8_valid_portable(struct slice s)
{
	return utf8_first_bad_portable(s) == s.n;
}

size_t
utf8_count(struct slice s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return count;
}

size_t
utf8_decode(struct slice s, uint32_t *code_point)
{
	if (!s.n)
		return 0;
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = sequence(p, s.n);
	static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = p[0] & lead_bits[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3fu);
	*code_point = c;
	return n;
}

size_t
utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; --i > 0; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	out[0] = (char)(lead[n] | c);
	return n;
}

struct range {
	uint32_t first, last;
};

/* Unicode 15 EastAsianWidth.txt, W and F, in merged blocks. */
static const struct range wide[] = {
    {0x1100, 0x115f},
    {0x231a, 0x231b},
    {0x2329, 0x232a},
    {0x23e9, 0x23ec},
    {0x25fd, 0x25fe},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x26a1, 0x26a1},
    {0x26bd, 0x26be},
    {0x2705, 0x2705},
    {0x270a, 0x270b},
    {0x2728, 0x2728},
    {0x274c, 0x274c},
    {0x2753, 0x2755},
    {0x2795, 0x2797},
    {0x2b1b, 0x2b1c},
    {0x2b50, 0x2b50},
    {0x2b55, 0x2b55},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0xa4c6},
    {0xa960, 0xa97c},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe10, 0xfe19},
    {0xfe30, 0xfe6b},
    {0xff01, 0xff60},
    {0xffe0, 0xffe6},
    {0x16fe0, 0x18aff},
    {0x1b000, 0x1b2fb},
    {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f19a},
    {0x1f200, 0x1f320},
    {0x1f32d, 0x1f335},
    {0x1f337, 0x1f37c},
    {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca},
    {0x1f3cf, 0x1f3d3},
    {0x1f3e0, 0x1f3f0},
    {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440},
    {0x1f442, 0x1f4fc},
    {0x1f4ff, 0x1f53d},
    {0x1f54b, 0x1f567},
    {0x1f57a, 0x1f57a},
    {0x1f595, 0x1f596},
    {0x1f5a4, 0x1f5a4},
    {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5},
    {0x1f6cc, 0x1f6cc},
    {0x1f6d0, 0x1f6d7},
    {0x1f6dc, 0x1f6df},
    {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc},
    {0x1f7e0, 0x1f7f0},
    {0x1f90c, 0x1f93a},
    {0x1f93c, 0x1f945},
    {0x1f947, 0x1f9ff},
    {0x1fa70, 0x1faf8},
    {0x20000, 0x2fffd},
    {0x30000, 0x3fffd},
};

/* Combining marks and joiners that take no column of their own (the blocks that texts of ads hold). */
static const struct range zero[] = {
    {0x0300, 0x036f},
    {0x0483, 0x0489},
    {0x0591, 0x05bd},
    {0x0610, 0x061a},
    {0x064b, 0x065f},
    {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x200b, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x2064},
    {0x20d0, 0x20ff},
    {0x3099, 0x309a},
    {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff},
    {0xe0100, 0xe01ef},
};

static bool
in_ranges(const struct range *ranges, size_t n, uint32_t c)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else if (c < ranges[middle].first)
			n = middle;
		else
			return true;
	}
	return false;
}

size_t
utf8_width(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (in_ranges(zero, sizeof zero / sizeof zero[0], c))
		return 0;
	return in_ranges(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}
