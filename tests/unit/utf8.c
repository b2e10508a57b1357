/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/text/utf8.h"
#include "tests/unit/unit.h"

/* All forms answer alike: for the text alone in its memory, and with other bytes after it. */
static bool
is_valid(const char *p, size_t n)
{
	char *tight = malloc(n ? n : 1), room[UTF8_SHORT + 8];
	if (n)
		memcpy(tight, p, n);
	struct slice s = {tight, n};
	bool valid = utf8_first_bad(s) == n;
	unsigned wrong = utf8_valid(s) != valid;
	wrong += utf8_valid_portable(s) != valid;
	wrong += utf8_first_bad(s) != utf8_first_bad_portable(s);
	if (n < UTF8_SHORT) {
		memset(room, 0x80 | (int)n, sizeof room);
		memcpy(room, tight, n);
		wrong += utf8_valid_short(room, n) != valid;
		wrong += utf8_valid_short_portable(room, n) != valid;
	}
	CHECK(!wrong);
	free(tight);
	return valid;
}

/* Two bytes of any value and two that matter, at the start and over the end of a block. */
static void
test_bytes(void)
{
	static const unsigned char late[] = {'a', 0x80, 0xbf, 0xc2};
	static const size_t places[] = {0, 12, 29, 30, 31, 62};
	unsigned valid = 0;
	for (unsigned both = 0; both < 65536; both++)
		for (unsigned k = 0; k < 16; k++) {
			char text[70];
			size_t at = places[(both + k) % 6];
			memset(text, 'x', sizeof text);
			text[at] = (char)(both >> 8);
			text[at + 1] = (char)both;
			text[at + 2] = (char)late[k / 4];
			text[at + 3] = (char)late[k % 4];
			valid += is_valid(text, at + 2 + k % 3);
		}
	CHECK(valid > 65536 && valid < 16 * 65536);
}

/* Pieces of good and bad texts, in every length. */
static void
test_pieces(void)
{
	static const char *const pieces[] = {"a", "0123456", "é", "日", "本語", "\xf0\x9f\x98\x80",
	    "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "\xed\xa0\x80", "\xff", "\xe3\x81"};
	uint32_t random = 1;
	for (int i = 0; i < 100000; i++) {
		char text[24 * 8];
		size_t n = 0;
		for (int k = i % 24; k > 0; k--) {
			random = random * 1664525 + 1013904223;
			const char *p = pieces[(random >> 16) % (random >> 28 ? 9 : 12)];
			while (*p)
				text[n++] = *p++;
		}
		is_valid(text, n);
	}
}

int
main(void)
{
	static const char *const good[] = {"", "a", "é", "日本", "\xf0\x9f\x98\x80",
	    "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "twelve bytes日and more than that"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(is_valid(good[i], strlen(good[i])));
	/* Stray continuation, overlong, surrogate, past U+10FFFF, cut sequences, 0xff. */
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
	    "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe3\x81",
	    "\xc3", "\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!is_valid(bad[i], strlen(bad[i])) && utf8_first_bad(slice_of(bad[i])) == 0);
	CHECK(utf8_first_bad(SLICE("0123456789\xff")) == 10);

	/* Every code point there and back. */
	unsigned wrong = 0;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		char text[4];
		uint32_t back = 0;
		struct slice s = {text, utf8_encode(c, text)};
		wrong += !utf8_valid(s) || utf8_decode(s, &back) != s.n || back != c;
	}
	CHECK(wrong == 0);
	test_bytes();
	test_pieces();
	CHECK(utf8_count(SLICE("日本go")) == 4);
	CHECK(utf8_width(0x65e5) == 2 && utf8_width('a') == 1 && utf8_width(0x3099) == 0);
	CHECK(utf8_width(0xff71) == 1); /* halfwidth katakana */
	CHECK(utf8_width(0x1f600) == 2);
	return unit_done("utf8");
}
