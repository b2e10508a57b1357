/* SPDX-License-Identifier: MIT */
#include "common/text/utf8.h"
#include "tests/unit/unit.h"

int
main(void)
{
	static const char *const good[] = {"", "a", "é", "日本", "\xf0\x9f\x98\x80",
	    "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "twelve bytes日and more than that"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(utf8_valid(slice_of(good[i])));
	/* Stray continuation, overlong, surrogate, past U+10FFFF, cut sequences, 0xff. */
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
	    "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe3\x81",
	    "\xc3", "\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(utf8_first_bad(slice_of(bad[i])) == 0);
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
	CHECK(utf8_count(SLICE("日本go")) == 4);
	CHECK(utf8_width(0x65e5) == 2 && utf8_width('a') == 1 && utf8_width(0x3099) == 0);
	CHECK(utf8_width(0xff71) == 1); /* halfwidth katakana */
	CHECK(utf8_width(0x1f600) == 2);
	return unit_done("utf8");
}
