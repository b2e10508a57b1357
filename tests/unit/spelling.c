/* SPDX-License-Identifier: MIT */
#include "common/web/spelling.h"
#include "common/text/base64.h"
#include "tests/unit/unit.h"

/* Whether the whole of p spells the whole of text. */
static bool
spells(const char *p, const char *text)
{
	size_t n_text, n = spelling_match(p, strlen(p), slice_of(text), &n_text);
	return n == strlen(p) && n_text == strlen(text);
}

static bool
is_base64(const char *text, const char *expected)
{
	struct buf b = {0};
	base64_put(&b, slice_of(text));
	bool good = slice_is(buf_slice(&b), expected);
	buf_free(&b);
	return good;
}

static void
test_first(void)
{
	CHECK(spelling_first("abc", 3) == 'a');
	CHECK(spelling_first("%2f", 3) == '/' && spelling_first("%25252F", 7) == '/');
	CHECK(spelling_first("%", 1) == '%' && spelling_first("%zz", 3) == '%');
	CHECK(spelling_first("\\u002f", 6) == '/' && spelling_first("\\/", 2) == '/');
	CHECK(spelling_first("&amp;", 5) == '&' && spelling_first("&#x2f;", 6) == '/');
	CHECK(spelling_first("+", 1) == ' ');
}

int
main(void)
{
	static const char secret[] = "k/e y+v&\"\xc3\xb6\\";
	static const char *const spellings[] = {secret, "k%2Fe%20y%2Bv%26%22%C3%B6%5C",
	    "k%2fe+y%2bv%26%22%c3%b6%5c", "k%252Fe%2520y%252Bv%2526%2522%25C3%25b6%255c",
	    "k/e%2By+v&%22\xc3\xb6\\", "%6b%2F%65 y+v&\"\xc3\xb6\\",
	    "k\\/e y+v\\u0026\\\"\\u00f6\\\\", "k/e y+v&amp;&quot;&#246;\\",
	    "k&#x2f;e y&#43;v&#38;&#34;\xc3\xb6\\", NULL};
	for (size_t i = 0; spellings[i]; i++)
		CHECK(spells(spellings[i], secret));
	/*
	 * Text that is already encoded comes back unchanged, decoded, or
	 * encoded once more.
	 */
	CHECK(spells("a%2Fb", "a%2Fb"));
	CHECK(spells("a%252Fb", "a%2Fb") || spells("a%252Fb", "a/b"));
	CHECK(spells("100%", "100%"));
	CHECK(!spells("k%2Ge", "k/e"));
	CHECK(!spells("k%2", "k/"));
	CHECK(!spells("ab", "abc"));
	CHECK(!spells("", "a"));
	size_t n_text;
	CHECK(spelling_match("abcX", 4, SLICE("abcd"), &n_text) == 3 && n_text == 3);
	CHECK(spelling_match("X", 1, SLICE("abcd"), &n_text) == 0 && n_text == 0);

	CHECK(is_base64("", ""));
	CHECK(is_base64("f", "Zg=="));
	CHECK(is_base64("fo", "Zm8="));
	CHECK(is_base64("foo", "Zm9v"));
	CHECK(is_base64("\xff\xfe\xfd", "//79"));
	test_first();
	return unit_done("spelling");
}
