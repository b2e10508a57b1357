/* SPDX-License-Identifier: MIT */
#include "common/template.h"
#include "common/iso.h"
#include "common/json_read.h"
#include "common/mp.h"
#include "tests/unit/unit.h"

/* Values by name: made once, as msgpack. */
static struct {
	const char *name;
	struct buf raw;
	struct template_value v;
} names[24];
static size_t n_names;

static struct buf *
add(const char *name)
{
	names[n_names].name = name;
	return &names[n_names++].raw;
}

static void
add_json(const char *name, const char *text)
{
	struct json_error error;
	CHECK(json_to_msgpack(slice_of(text), JSON_DUPLICATES_ERROR, add(name), &error));
}

static void
add_given(const char *name, const char *text)
{
	mp_buf_str(add(name), slice_of(text));
	names[n_names - 1].v.given = true;
}

static bool
find(void *context, struct slice name, struct template_value *v)
{
	(void)context;
	for (size_t i = 0; i < n_names; i++)
		if (slice_is(name, names[i].name)) {
			*v = names[i].v;
			return true;
		}
	return false;
}

/* What the template gives; "!" and the reason where it cannot be filled, "?" and it where it is none. */
static bool
gives(enum template_place place, const char *text, const char *expected)
{
	struct template t;
	struct template_error error;
	struct buf got = {0};
	const char *wrong = template_parse(&t, slice_of(text), place);
	if (wrong) {
		buf_put_text(&got, "?");
	} else if (!template_fill(&t, find, NULL, &got, &error)) {
		buf_reset(&got);
		buf_printf(&got, "!%.*s %s", (int)error.name.n, error.name.p, error.what);
	}
	bool good = slice_is(buf_slice(&got), expected);
	if (!good)
		fprintf(stderr, "%s: got %.*s, not %s\n", text, (int)got.n, got.p, expected);
	template_free(&t);
	buf_free(&got);
	return good;
}

static void
test_text(void)
{
	CHECK(gives(TEMPLATE_TEXT, "", ""));
	CHECK(gives(TEMPLATE_TEXT, "no braces", "no braces"));
	CHECK(gives(TEMPLATE_TEXT, "{int}{text}", "7a \"b\" &c\\"));
	CHECK(gives(TEMPLATE_TEXT, "<{a.b-c_1}>", "<nested>"));
	CHECK(gives(TEMPLATE_TEXT, "{big} {decimal} {bool} {json}",
	    "18446744073709551615 12345678901234567890.10 true {\"k\":[1]}"));
	CHECK(gives(TEMPLATE_TEXT, "{日}", "sun"));
	/* Ordinary braces. */
	CHECK(gives(TEMPLATE_TEXT, "{} { int } {\"a\":1} }{ {", "{} { int } {\"a\":1} }{ {"));
	CHECK(gives(TEMPLATE_TEXT, "{int", "{int"));
	CHECK(gives(TEMPLATE_TEXT, "{{int}", "{int}"));
	CHECK(gives(TEMPLATE_TEXT, "{{{int}", "{7"));
	CHECK(gives(TEMPLATE_TEXT, "{{", "{"));
	CHECK(gives(TEMPLATE_TEXT, "{absent}", "!absent stands for nothing"));
	CHECK(gives(TEMPLATE_TEXT, "{nil}", "!nil is null"));
	CHECK(gives(TEMPLATE_TEXT, "{bytes}", "!bytes is bytes, which have no text"));
}

static void
test_dates(void)
{
	CHECK(gives(TEMPLATE_TEXT, "{day}", "2026-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%Y%m%d}", "20260301"));
	CHECK(gives(TEMPLATE_TEXT, "{day-1d}", "2026-02-28"));
	CHECK(gives(TEMPLATE_TEXT, "{day+31d:%-m/%-d/%Y}", "4/1/2026"));
	CHECK(gives(TEMPLATE_TEXT, "{day-1d:%FT%TZ}", "2026-02-28T00:00:00Z"));
	CHECK(gives(TEMPLATE_TEXT, "{date-text-365d}", "2025-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{instant}", "2026-02-28T23:59:59Z"));
	CHECK(gives(TEMPLATE_TEXT, "{instant:%F %T}", "2026-02-28 23:59:59"));
	CHECK(gives(TEMPLATE_TEXT, "{instant+1d:%F}", "2026-03-01"));
	CHECK(gives(TEMPLATE_TEXT, "{wall:%H:%M}", "12:30"));
	CHECK(gives(
	    TEMPLATE_TEXT, "{instant+1d}", "!instant is no date but a time: it needs a format"));
	CHECK(gives(TEMPLATE_TEXT, "{text-1d}",
	    "!text is no date, and an offset or a format is for dates"));
	CHECK(gives(
	    TEMPLATE_TEXT, "{int:%Y}", "!int is no date, and an offset or a format is for dates"));
	CHECK(
	    gives(TEMPLATE_TEXT, "{day-1000000d}", "!day is a day outside of the years 1 to 9999"));
	/* What is no offset is part of a name, or of the text. */
	CHECK(gives(TEMPLATE_TEXT, "{day-d}", "!day-d stands for nothing"));
	CHECK(gives(TEMPLATE_TEXT, "{day+1}", "{day+1}"));
	CHECK(gives(TEMPLATE_TEXT, "{day+1000001d}", "{day+1000001d}"));
	CHECK(gives(TEMPLATE_TEXT, "{day:Y}", "{day:Y}"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%Q}", "?"));
	CHECK(gives(TEMPLATE_TEXT, "{day:%}", "?"));
}

static void
test_places(void)
{
	CHECK(gives(TEMPLATE_URL, "https://h/{text}?q={json}",
	    "https://h/a%20%22b%22%20%26c%5C?q=%7B%22k%22%3A%5B1%5D%7D"));
	CHECK(gives(TEMPLATE_URL, "{link}/x", "https://h/a?b=c&d/x"));
	CHECK(gives(TEMPLATE_URL, "x{link}", "xhttps%3A%2F%2Fh%2Fa%3Fb%3Dc%26d"));
	CHECK(gives(TEMPLATE_URL, "{text}", "!text is no http or https URL"));
	CHECK(gives(TEMPLATE_URL, "{bad-link}",
	    "!bad-link is no URL: it holds a space or a control character"));
	CHECK(gives(TEMPLATE_URL, "https://h/{up}/x", "!up is a step in a path, and no name"));
	CHECK(gives(TEMPLATE_FORM, "a={text}&b={day}", "a=a%20%22b%22%20%26c%5C&b=2026-03-01"));
	CHECK(gives(TEMPLATE_HEADER, "x {text}", "x a \"b\" &c\\"));
	CHECK(gives(TEMPLATE_HEADER, "{lines}",
	    "!lines holds a control character, which no header may have"));
}

static void
test_json(void)
{
	/* In a string its characters, elsewhere a whole value. */
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"<{text}>\"}", "{\"a\":\"<a \\\"b\\\" &c\\\\>\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{text}}", "{\"a\":\"a \\\"b\\\" &c\\\\\"}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"{lines}\"}", "{\"a\":\"x\\r\\ny\"}"));
	CHECK(gives(TEMPLATE_JSON, "[{int},{big},{decimal},{bool},{nil},{json},{day}]",
	    "[7,18446744073709551615,12345678901234567890.10,true,null,{\"k\":[1]},\"2026-03-"
	    "01\"]"));
	CHECK(gives(
	    TEMPLATE_JSON, "[{day-1d:%Y%m%d},\"{day:%Y%m%d}\"]", "[\"20260228\",\"20260301\"]"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":\"{int}\",\"b\":\"{json}\"}",
	    "{\"a\":\"7\",\"b\":\"{\\\"k\\\":[1]}\"}"));
	/* null in the middle of a text would be the word. */
	CHECK(gives(TEMPLATE_JSON, "\"{nil}\"", "!nil is null"));
	/* Words of the command line are any JSON, and what is none needs quotes. */
	CHECK(gives(TEMPLATE_JSON, "[{given-number},{given-list},\"{given-word}\"]",
	    "[11111111,[1,2],\"word\"]"));
	CHECK(gives(
	    TEMPLATE_JSON, "[{given-word}]", "!given-word is no JSON text: put quotes around it"));
	CHECK(gives(TEMPLATE_JSON, "[{given-escape}]",
	    "!given-escape is no JSON text: put quotes around it"));
	/* An escaped quote does not end the string; one outside of it does not begin one. */
	CHECK(gives(TEMPLATE_JSON, "[\"\\\\\",{int},\"\\\"{int}\"]", "[\"\\\\\",7,\"\\\"7\"]"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{}}", "{\"a\":{}}"));
	CHECK(gives(TEMPLATE_JSON, "{\"a\":{bytes}}", "!bytes is bytes, which have no text"));
}

static void
test_limits(void)
{
	struct buf text = {0};
	struct template t;
	for (int i = 0; i < TEMPLATE_PARTS_MAX; i++)
		buf_put_text(&text, "{int}");
	CHECK(!template_parse(&t, buf_slice(&text), TEMPLATE_TEXT));
	CHECK(t.n == TEMPLATE_PARTS_MAX);
	template_free(&t);
	buf_put_text(&text, "{int}");
	CHECK(template_parse(&t, buf_slice(&text), TEMPLATE_TEXT));
	template_free(&t);
	buf_free(&text);
	CHECK(!template_parse(&t, (struct slice){0}, TEMPLATE_URL) && !t.n);
	template_free(&t);
}

int
main(void)
{
	add_json("int", "7");
	add_json("big", "18446744073709551615");
	add_json("decimal", "12345678901234567890.10");
	add_json("bool", "true");
	add_json("nil", "null");
	add_json("json", "{\"k\":[1]}");
	add_json("text", "\"a \\\"b\\\" &c\\\\\"");
	add_json("lines", "\"x\\r\\ny\"");
	add_json("a.b-c_1", "\"nested\"");
	add_json("日", "\"sun\"");
	add_json("link", "\"https://h/a?b=c&d\"");
	add_json("bad-link", "\"https://h/a b\"");
	add_json("up", "\"..\"");
	add_json("date-text", "\"2026-03-01\"");
	value_put_date(add("day"), (int32_t)iso_days(2026, 3, 1));
	value_put_timestamp(add("instant"), iso_days(2026, 3, 1) * 86400 - 1, 0);
	value_put_datetime(add("wall"), (iso_days(1969, 12, 31) * 86400 + 45000) * 1000000);
	mp_buf_bin(add("bytes"), SLICE("\xff"));
	add_given("given-number", "11111111");
	add_given("given-list", "[1,2]");
	add_given("given-word", "word");
	add_given("given-escape", "1,\"x\":2");
	for (size_t i = 0; i < n_names; i++) {
		struct buf *b = &names[i].raw;
		CHECK(value_read(b->p, b->p + b->n, &names[i].v.value));
	}
	test_text();
	test_dates();
	test_places();
	test_json();
	test_limits();
	for (size_t i = 0; i < n_names; i++)
		buf_free(&names[i].raw);
	return unit_done("template");
}
