/* SPDX-License-Identifier: MIT */
#include "common/text/visible.h"
#include "common/text/utf8.h"
#include "tests/unit/unit.h"

/*
 * Compares the visible form, and checks that making it visible again changes
 * nothing.
 */
static void
check(struct slice from, const char *wanted)
{
	struct buf once = {0}, twice = {0};
	visible_put(&once, from);
	visible_put(&twice, buf_slice(&once));
	int good = slice_is(buf_slice(&once), wanted) && slice_is(buf_slice(&twice), wanted);
	if (!good)
		fprintf(stderr, "%.*s is not %s\n", (int)once.n, once.p, wanted);
	CHECK(good);
	buf_free(&once);
	buf_free(&twice);
}

static void
check_text(const char *from, const char *wanted)
{
	check(slice_of(from), wanted);
}

static bool
is_escaped(uint32_t c)
{
	char text[4];
	return visible_next((struct slice){text, utf8_encode(c, text)}, 0).escaped;
}

static void
ranges(void)
{
	/* First and last of each range of the three properties, Unicode 15.0. */
	static const uint32_t hidden[] = {0, 0x1f, 0x7f, 0x85, 0x9f, 0xa0, 0xad, 0x34f, 0x61c,
	    0x115f, 0x1160, 0x1680, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x180f, 0x2000, 0x200a, 0x200b,
	    0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x202a, 0x202e, 0x202f, 0x205f, 0x2060, 0x2066,
	    0x2069, 0x206f, 0x2800, 0x3000, 0x3164, 0xe000, 0xf8ff, 0xfdd0, 0xfdef, 0xfe00, 0xfe0f,
	    0xfeff, 0xffa0, 0xfff0, 0xfffb, 0xfffe, 0xffff, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a,
	    0x1fffe, 0x3ffff, 0xe0000, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0xe0fff,
	    0xf0000, 0x10ffff};
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		CHECK(is_escaped(hidden[i]));
	static const uint32_t plain[] = {0x20, 0x7e, 0xa1, 0xac, 0xae, 0x300, 0x34e, 0x350, 0x61b,
	    0x61d, 0x1161, 0x1681, 0x2010, 0x2027, 0x2030, 0x205e, 0x2070, 0x2801, 0x3001, 0x3163,
	    0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfe10, 0xff9f, 0xffa1, 0xfffc, 0xfffd, 0x10000,
	    0x1f600, 0x20000, 0xdfffd, 0xe1000};
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		CHECK(!is_escaped(plain[i]));
}

int
main(void)
{
	ranges();
	check_text("", "");
	check_text("plain \"text\" \\n", "plain \"text\" \\n");
	check_text("a\nb\tc\rd\x1b[31m\x7f", "a\\nb\\tc\\rd\\u001b[31m\\u007f");
	check(SLICE("a\0b"), "a\\u0000b");
	check_text("a\xff\xe3\x81z\xed\xa0\x80", "a\ufffd\ufffd\ufffdz\ufffd\ufffd\ufffd");
	check_text("\ufeff5", "\\ufeff5");
	check_text("\u00a06", "\\u00a06");
	check_text("7\u200b", "7\\u200b");
	check_text("\u202e8", "\\u202e8");
	check_text("日\u3000本", "日\\u3000本");
	check_text("a\U000e0041", "a\\U0e0041");
	/* Joiners and selectors: only where they hide. */
	check_text("❤\ufe0f\u200d🔥 ©\ufe0f", "❤\ufe0f\u200d🔥 ©\ufe0f");
	check_text("می\u200cخواهم", "می\u200cخواهم");
	check_text("葛\U000e0100飾", "葛\U000e0100飾");
	check_text("5\ufe0f \ufe0f", "5\\ufe0f \\ufe0f");
	check_text("日付\u200d", "日付\\u200d");
	check_text("\u200d日付", "\\u200d日付");
	check_text("a\u200cb", "a\\u200cb");
	check_text("日\u200d\u200d付", "日\\u200d\\u200d付");
	check_text("日\u200b\ufe0f", "日\\u200b\\ufe0f");
	struct visible one = visible_next(SLICE("\u200b日"), 0);
	CHECK(one.escaped && one.used == 3 && one.n == 6 && one.width == 6 && one.c == 0x200b);
	one = visible_next(SLICE("日本"), 0);
	CHECK(!one.escaped && one.used == 3 && one.n == 3 && one.width == 2);
	return unit_done("visible");
}
