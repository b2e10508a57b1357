/* SPDX-License-Identifier: MIT */
#include "common/json/json_scan.h"
#include "common/text/word.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

extern inline uint64_t json_scan_marks(uint64_t word);
extern inline const char *json_scan_ascii(const char *p, const char *end);

static bool
is_plain(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 0x20 && u < 0x80 && u != '"' && u != '\\';
}

const char *
json_scan_ascii_portable(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t marks = json_scan_marks(word_load(p));
		if (marks)
			return p + (__builtin_ctzll(marks) >> 3);
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

#if defined(__x86_64__)

/* Every x86-64 has these 16 bytes. As signed bytes all that is not ASCII is below 0x20, too. */
static const char *
scan_sse2(const char *p, const char *end)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_cmplt_epi8(v, space),
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask)
			return p + __builtin_ctz(mask);
	}
	return json_scan_ascii_portable(p, end);
}

__attribute__((target("avx2"))) static const char *
scan_avx2(const char *p, const char *end)
{
	const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
	const __m256i space = _mm256_set1_epi8(0x20);
	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		__m256i hit = _mm256_or_si256(_mm256_cmpgt_epi8(space, v),
		    _mm256_or_si256(_mm256_cmpeq_epi8(v, quote), _mm256_cmpeq_epi8(v, backslash)));
		unsigned mask = (unsigned)_mm256_movemask_epi8(hit);
		if (mask)
			return p + __builtin_ctz(mask);
	}
	return scan_sse2(p, end);
}

const char *
json_scan_ascii_long(const char *p, const char *end)
{
	static const char *(*scan)(const char *, const char *);
	/* Two threads would store the same pointer; no stage has two. */
	if (!scan)
		scan = __builtin_cpu_supports("avx2") ? scan_avx2 : scan_sse2;
	return scan(p, end);
}

#else

const char *
json_scan_ascii_long(const char *p, const char *end)
{
	return json_scan_ascii_portable(p, end);
}

#endif

static bool
is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* After the run of well-formed non-ASCII characters at p: RFC 3629 section 4. */
static const char *
scan_characters(const char *from, const char *end)
{
	const unsigned char *p = (const unsigned char *)from, *e = (const unsigned char *)end;
	for (;;) {
		/* Three bytes first: nearly all of Japanese, Chinese and Korean text. */
		if (e - p >= 3 && (p[0] & 0xf0) == 0xe0 && is_continuation(p[1]) &&
		    is_continuation(p[2]) && !(p[0] == 0xe0 && p[1] < 0xa0) &&
		    !(p[0] == 0xed && p[1] > 0x9f))
			p += 3;
		else if (e - p >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf && is_continuation(p[1]))
			p += 2;
		else if (e - p >= 4 && p[0] >= 0xf0 && p[0] <= 0xf4 && is_continuation(p[1]) &&
			 is_continuation(p[2]) && is_continuation(p[3]) &&
			 !(p[0] == 0xf0 && p[1] < 0x90) && !(p[0] == 0xf4 && p[1] > 0x8f))
			p += 4;
		else
			return (const char *)p;
	}
}

const char *
json_scan_text(const char *p, const char *end)
{
	for (;;) {
		p = json_scan_ascii(p, end);
		if (p == end || (unsigned char)*p < 0x80)
			return p;
		const char *behind = scan_characters(p, end);
		if (behind == p)
			return p;
		p = behind;
	}
}

const char *
json_skip_space(const char *p, const char *end)
{
	/* Indentation comes in runs of blanks: eight at once. */
	for (; p < end; p++) {
		while (end - p >= 8 && word_load(p) == 0x2020202020202020u)
			p += 8;
		if (p == end || (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t'))
			return p;
	}
	return p;
}
