/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/web/http_header.h"
#include "tests/unit/unit.h"

static void
test_lines(void)
{
	struct slice lines = SLICE("A: 1\r\nb:2\nno colon\r\n C :  x: y \r\n:empty\r\n\r\nA: 3");
	struct slice name, value;
	size_t at = 0;
	CHECK(
	    header_next(lines, &at, &name, &value) && slice_is(name, "A") && slice_is(value, "1"));
	CHECK(
	    header_next(lines, &at, &name, &value) && slice_is(name, "b") && slice_is(value, "2"));
	CHECK(header_next(lines, &at, &name, &value) && slice_is(name, "C") &&
	      slice_is(value, "x: y"));
	CHECK(header_next(lines, &at, &name, &value) && !name.n && slice_is(value, "empty"));
	CHECK(
	    header_next(lines, &at, &name, &value) && slice_is(name, "A") && slice_is(value, "3"));
	CHECK(!header_next(lines, &at, &name, &value));

	CHECK(header_find(lines, "a", &value) && slice_is(value, "1"));
	CHECK(header_find(lines, "c", &value) && slice_is(value, "x: y"));
	CHECK(!header_find(lines, "d", &value) && !value.n);
	CHECK(!header_find(SLICE(""), "a", &value));
	CHECK(!header_find((struct slice){0}, "a", &value));
	CHECK(header_find(SLICE("a:"), "a", &value) && !value.n);
}

static void
test_types(void)
{
	CHECK(header_is(SLICE("Content-TYPE"), "content-type"));
	CHECK(!header_is(SLICE("a\0"), "a"));
	CHECK(slice_is(header_media_type(SLICE("text/csv; charset=utf-16le")), "text/csv"));
	CHECK(slice_is(header_media_type(SLICE("text/csv ;x")), "text/csv"));
	CHECK(!header_media_type((struct slice){0}).n);
	CHECK(header_is_json(SLICE("application/json;charset=UTF-8")));
	CHECK(header_is_json(SLICE("Application/Problem+JSON")));
	CHECK(header_is_json(SLICE("application/vnd.createasyncreportrequest.v3+json")));
	CHECK(header_is_json(SLICE("application/x-amz-json-1.1")));
	CHECK(header_is_json(SLICE("application/vnd.api.json")));
	CHECK(header_is_json(SLICE("text/json")));
	CHECK(!header_is_json(SLICE("application/jsonl")));
	CHECK(!header_is_json(SLICE("application/x-ndjson")));
	CHECK(!header_is_json(SLICE("application/json-seq")));
	CHECK(!header_is_json(SLICE("json/1.1")));
	CHECK(!header_is_json(SLICE("a/")));
	CHECK(!header_is_json(SLICE("json")));
	CHECK(!header_is_json((struct slice){0}));
}

/* The next link of one Link header; NULL for none. */
static bool
next(const char *value, const char *expected)
{
	struct buf lines = {0};
	struct slice url = {0};
	buf_printf(&lines, "Date: x\r\nLink: %s\r\n", value);
	bool found = header_next_link(buf_slice(&lines), &url);
	bool good = expected ? found && slice_is(url, expected) : !found;
	if (!good)
		fprintf(stderr, "Link: %s: got %.*s\n", value, (int)url.n, url.p ? url.p : "");
	buf_free(&lines);
	return good;
}

static void
test_links(void)
{
	CHECK(next("<https://h/p?page=2>; rel=\"next\"", "https://h/p?page=2"));
	CHECK(next("<u1>; rel=prev, <u2>; rel=next", "u2"));
	CHECK(next("<u1>;rel=\"prev\",<u2>;rel=\"last next\"", "u2"));
	CHECK(next("<u1> ; REL = \"Next\" ; title=\"a, <x>; rel=last\"", "u1"));
	CHECK(next("<u1>; title=\"a;b,c\"; rel=next", "u1"));
	CHECK(next(", , <u1>; rel=next", "u1"));
	CHECK(next("<u,;1>; rel=next", "u,;1"));
	CHECK(next("<u1>; rel=next; rel=last", "u1"));
	CHECK(next("<>; rel=next", ""));
	/* RFC 8288, 3.3: further ones do not count. */
	CHECK(next("<u1>; rel=last; rel=next", NULL));
	CHECK(next("<u1>; rel=nextish", NULL));
	CHECK(next("<u1>; rev=next", NULL));
	CHECK(next("<u1>", NULL));
	CHECK(next("u1; rel=next", NULL));
	CHECK(next("<u1; rel=next", NULL));
	CHECK(next("", NULL));
	CHECK(next("<u1>; rel=", NULL));
	CHECK(next("<u1>; rel=\"", NULL));
	CHECK(next("<u1>; rel=\"\"", NULL));
	CHECK(next("<u1>; ; ;rel=next", "u1"));
	CHECK(next("<u1>; =next", NULL));
	struct slice url;
	CHECK(header_next_link(SLICE("link: <a>; rel=prev\nLINK: <b>; rel=next\n"), &url) &&
	      slice_is(url, "b"));
	CHECK(!header_next_link((struct slice){0}, &url));
}

static void
test_lengths(void)
{
	static const char *const clear[] = {"", "A: 1\r\n", "Content-Length: 0\r\n",
	    "content-length: 17\r\nContent-Length:17\r\n", "Content-Length: 5, 5\r\n",
	    "Content-Length: 9223372036854775807\r\n",
	    "Content-Length: x\r\nTransfer-Encoding: chunked\r\n"};
	static const char *const unclear[] = {"Content-Length:\r\n", "Content-Length: x\r\n",
	    "Content-Length: 5 \r\nContent-Length: 17\r\n", "Content-Length: 17, 5\r\n",
	    "Content-Length: 5,\r\nContent-Length: ,\r\n", "Content-Length: -1\r\n",
	    "Content-Length: +5\r\n", "Content-Length: 9223372036854775808\r\n",
	    "Content-Length: 0x10\r\n", "Content-Length: 1 7\r\n"};
	for (size_t i = 0; i < sizeof clear / sizeof *clear; i++)
		CHECK(header_length_is_clear(slice_of(clear[i])));
	for (size_t i = 0; i < sizeof unclear / sizeof *unclear; i++)
		CHECK(!header_length_is_clear(slice_of(unclear[i])));
}

static void
test_codings(void)
{
	struct slice coding;
	CHECK(!header_unknown_coding(SLICE(""), &coding));
	CHECK(!header_unknown_coding(
	    SLICE("Content-Encoding: GZIP, br,, identity\r\nTransfer-Encoding: chunked"), &coding));
	CHECK(header_unknown_coding(SLICE("Content-Encoding: gzip, UTF-8"), &coding) &&
	      slice_is(coding, "UTF-8"));
	CHECK(header_unknown_coding(SLICE("Transfer-Encoding: rot13, chunked"), &coding) &&
	      slice_is(coding, "rot13"));
	CHECK(header_unknown_coding(SLICE("Content-Encoding: g\0zip"), &coding));
}

/* On any input it ends and stays within its bytes (sanitizers and valgrind check). */
static void
test_noise(void)
{
	static const char letters[] = "<>;,=\" \t\r\n:lLinkrelnext\0\xff";
	uint32_t state = 1;
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)(round % 60);
		char *text = malloc(n + 6);
		memcpy(text, "Link: ", 6);
		for (size_t i = 0; i < n; i++) {
			state = state * 1664525U + 1013904223U;
			text[6 + i] = letters[(state >> 16) % (sizeof letters - 1)];
		}
		struct slice url = {0};
		if (header_next_link((struct slice){text, n + 6}, &url))
			CHECK(url.p >= text && url.p + url.n <= text + n + 6);
		header_length_is_clear((struct slice){text, n + 6});
		header_unknown_coding((struct slice){text, n + 6}, &url);
		free(text);
	}
}

int
main(void)
{
	test_lines();
	test_types();
	test_links();
	test_lengths();
	test_codings();
	test_noise();
	return unit_done("http_header");
}
