/* SPDX-License-Identifier: MIT */
/* The scanners at every offset, length and stop byte; the vector forms against the portable one. */
#include <stdlib.h>

#include "common/json/json_scan.h"
#include "common/text/utf8.h"
#include "tests/unit/unit.h"

enum { N = 200 };

/* A copy at the end of a block of its own, so that a sanitizer sees a byte read too many. */
static char *
tight(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

static void
test_ascii(void)
{
	static const unsigned char stops[] = {'"', '\\', 0, 0x1f, 0x80, 0xff, '\n', 0xe3};
	char text[N];
	for (size_t n = 0; n < N; n += n < 70 ? 1 : 13) {
		for (size_t at = 0; at <= n; at++) {
			memset(text, 'a' + (int)(n % 20), sizeof text);
			unsigned char stop = stops[(n + at) % sizeof stops];
			if (at < n)
				text[at] = (char)stop;
			if (at + 1 < n)
				text[at + 1] = (char)stops[n % sizeof stops];
			char *p = tight(text, n);
			CHECK(json_scan_ascii(p, p + n) == p + at);
			CHECK(json_scan_ascii_long(p, p + n) == p + at);
			CHECK(json_scan_ascii_portable(p, p + n) == p + at);
			free(p);
		}
	}
	/* Every byte, on its own. */
	for (int c = 0; c < 256; c++) {
		memset(text, 'x', sizeof text);
		text[40] = (char)c;
		bool stop = c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
		const char *end = stop ? text + 40 : text + N;
		CHECK(json_scan_ascii(text, text + N) == end);
		CHECK(json_scan_ascii_long(text, text + N) == end);
		CHECK(json_scan_ascii_portable(text, text + N) == end);
	}
}

/* Random bytes that are often UTF-8: the scan stops where the validator of utf8.c does, or before it at a stop. */
static void
test_text(void)
{
	static const char *const parts[] = {"a", "\u3042", "\u00e9", "\U0001f600", "\xe3\x81",
	    "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xe0\x80\x80",
	    "\"", "\\", "\n", "0123456789abcdef0123456789", "\xff"};
	unsigned seed = 1;
	for (int round = 0; round < 20000; round++) {
		struct buf b = {0};
		for (int i = 0; i < 12; i++) {
			seed = seed * 1103515245u + 12345u;
			unsigned pick = seed >> 16;
			/*
			 * Mostly good parts, so that the bad ones occur at all
			 * depths.
			 */
			buf_put_text(&b, parts[pick % 8 ? pick / 8 % 4 : pick / 8 % 15]);
		}
		char *p = tight(b.p, b.n);
		size_t good = utf8_first_bad((struct slice){p, b.n}), expected = 0;
		while (expected < good && p[expected] != '"' && p[expected] != '\\' &&
		       p[expected] != '\n')
			expected++;
		CHECK(json_scan_text(p, p + b.n) == p + expected);
		free(p);
		buf_free(&b);
	}
}

static void
test_space(void)
{
	static const char space[] = "   \n\t\r         \n                                x    ";
	for (size_t from = 0; from < 50; from++) {
		const char *x = strchr(space, 'x');
		const char *expected = space + from <= x ? x : space + from;
		if (space + from <= x)
			CHECK(json_skip_space(space + from, space + sizeof space - 1) == expected);
		CHECK(
		    json_skip_space(space, space + from) == (space + from <= x ? space + from : x));
	}
	static const char feed[] = "\f"; /* no white space of JSON's */
	CHECK(json_skip_space(feed, feed + 1) == feed);
}

int
main(void)
{
	test_ascii();
	test_text();
	test_space();
	return unit_done("json_scan");
}
