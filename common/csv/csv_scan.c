/* SPDX-License-Identifier: MIT */
#include "common/csv/csv_scan.h"
#include "common/json/json_scan.h"
#include "common/text/word.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* 0x80 in each byte of the word that is c, and nothing else: no borrow between bytes. */
static uint64_t
equal_bytes(uint64_t word, char c)
{
	const uint64_t ones = 0x0101010101010101u, lows = 0x7f7f7f7f7f7f7f7fu;
	uint64_t differs = word ^ (ones * (unsigned char)c);
	return ~(((differs & lows) + lows) | differs | lows);
}

void
csv_scan_portable(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote)
{
	char fence = quote ? quote : '\n';
	for (size_t i = 0; i < blocks; i++) {
		uint64_t bits = 0;
		for (unsigned k = 0; k < 8; k++, p += 8) {
			uint64_t word = word_load(p);
			uint64_t hit = equal_bytes(word, delimiter) | equal_bytes(word, fence) |
				       equal_bytes(word, '\r') | equal_bytes(word, '\n');
			/* The tops of eight bytes come together in the highest byte of the product. */
			bits |= ((hit >> 7) * 0x0102040810204080u >> 56) << (8 * k);
		}
		marks[i] = bits;
	}
}

#if defined(__x86_64__)

/* Every x86-64 has these 16 bytes. */
static void
scan_sse2(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote)
{
	const __m128i delimiters = _mm_set1_epi8(delimiter);
	const __m128i quotes = _mm_set1_epi8(quote ? quote : '\n');
	const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
	for (size_t i = 0; i < blocks; i++) {
		uint64_t bits = 0;
		for (unsigned k = 0; k < 4; k++, p += 16) {
			__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
			__m128i hit = _mm_or_si128(
			    _mm_or_si128(_mm_cmpeq_epi8(v, delimiters), _mm_cmpeq_epi8(v, quotes)),
			    _mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, lf)));
			bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * k);
		}
		marks[i] = bits;
	}
}

__attribute__((target("avx2"))) static void
scan_avx2(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote)
{
	const __m256i delimiters = _mm256_set1_epi8(delimiter);
	const __m256i quotes = _mm256_set1_epi8(quote ? quote : '\n');
	const __m256i cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n');
	for (size_t i = 0; i < blocks; i++) {
		uint64_t bits = 0;
		for (unsigned k = 0; k < 2; k++, p += 32) {
			__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
			__m256i hit = _mm256_or_si256(
			    _mm256_or_si256(
				_mm256_cmpeq_epi8(v, delimiters), _mm256_cmpeq_epi8(v, quotes)),
			    _mm256_or_si256(_mm256_cmpeq_epi8(v, cr), _mm256_cmpeq_epi8(v, lf)));
			bits |= (uint64_t)(unsigned)_mm256_movemask_epi8(hit) << (32 * k);
		}
		marks[i] = bits;
	}
}

void
csv_scan(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote)
{
	static void (*scan)(const char *, size_t, uint64_t *, char, char);
	/* Two threads would store the same pointer; no stage has two. */
	if (!scan)
		scan = __builtin_cpu_supports("avx2") ? scan_avx2 : scan_sse2;
	scan(p, blocks, marks, delimiter, quote);
}

#else

void
csv_scan(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote)
{
	csv_scan_portable(p, blocks, marks, delimiter, quote);
}

#endif
