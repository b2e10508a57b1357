/* SPDX-License-Identifier: MIT */
/* Counting in text: at every length and offset against a plain loop. */
#include <stdlib.h>
#include <string.h>

#include "common/text/text_count.h"
#include "tests/unit/unit.h"

enum { N = 300 };

static void
check(const char *p, size_t n)
{
	size_t lines = 0, characters = 0;
	for (size_t i = 0; i < n; i++) {
		lines += p[i] == '\n';
		characters += ((unsigned char)p[i] & 0xc0) != 0x80;
	}
	/* A copy of exactly that size, so that a sanitizer sees a byte read too many. */
	char *copy = malloc(n ? n : 1);
	if (n)
		memcpy(copy, p, n);
	CHECK(text_newlines(copy, copy + n) == lines);
	CHECK(text_newlines_portable(copy, copy + n) == lines);
	CHECK(text_characters(copy, copy + n) == characters);
	CHECK(text_characters_portable(copy, copy + n) == characters);
	free(copy);
}

int
main(void)
{
	static const char bytes[] = "\n\n\x0b\x09\x8a\x8b\xe3\x81\x82\xbf\xc0\xff\x00\x80\x7f\x0a";
	char text[N];
	unsigned random = 1;
	for (size_t i = 0; i < N; i++) {
		random = random * 1103515245 + 12345;
		text[i] = bytes[(random >> 16) % (sizeof bytes - 1)];
	}
	for (size_t from = 0; from < 40; from++)
		for (size_t n = 0; n + from <= N; n += n < 80 ? 1 : 31)
			check(text + from, n);
	for (int c = 0; c < 256; c++) {
		memset(text, c, sizeof text);
		check(text, N);
	}
	return unit_done("text_count");
}
