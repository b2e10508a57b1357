/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader: each case is read at once and again cut into blocks of 1, 2, 3 and 7
 * bytes, and must come to the same values, or to the same error at the same place.
 */
#include <stdlib.h>

#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

/*
 * All values of a text, one a line; or the values before the error and then
 * "LINE:COLUMN fault: at".
 */
static char *
outcome(const struct json_rules *rules, struct slice text, size_t step)
{
	struct json_reader *r = json_reader_new(rules);
	struct buf out = {0};
	const struct json_style style = {0};
	struct slice value;
	size_t at = 0;
	if (!step)
		json_text(r, text);
	for (;;) {
		enum json_status status = json_next(r, &value);
		if (status == JSON_VALUE) {
			size_t n;
			CHECK(mp_measure(value.p, value.p + value.n, &n) == MP_OK && n == value.n);
			CHECK(json_write(&out, value, &style) == NULL);
			buf_put_byte(&out, '\n');
		} else if (status == JSON_MORE) {
			size_t room, n = text.n - at < step ? text.n - at : step;
			char *p = json_space(r, &room);
			if (n)
				memcpy(p, text.p + at, n);
			at += n;
			json_filled(r, n);
		} else {
			break;
		}
	}
	const struct json_error *e = json_error(r);
	if (e->what)
		buf_printf(&out, "%d:%d %s: %.*s\n", (int)e->line, (int)e->column, e->what,
		    (int)e->at.n, e->at.p);
	buf_put_byte(&out, '\0');
	json_reader_free(r);
	return out.p;
}

static void
check(const struct json_rules *rules, struct slice text, const char *expected)
{
	static const size_t steps[] = {0, 1, 2, 3, 7};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		char *got = outcome(rules, text, steps[i]);
		CHECK(strcmp(got, expected) == 0);
		if (strcmp(got, expected) != 0)
			fprintf(stderr, "%.*s (blocks of %zu)\n  got      %s  expected %s",
			    (int)text.n, text.p, steps[i], got, expected);
		free(got);
	}
}

static void
test_values(void)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
	    {"", ""},
	    {" \n\t\r ", ""},
	    {"{}", "{}\n"},
	    {"[]", "[]\n"},
	    {"null true false", "null\ntrue\nfalse\n"},
	    {"{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"},
	    {"{\"a\":1}{\"a\":2}[3]\"x\"", "{\"a\":1}\n{\"a\":2}\n[3]\n\"x\"\n"},
	    {"1 2", "1\n2\n"},
	    {" { \"a\" : [ 1 , { \"b\" : [ ] , \"c\" : { } } ] , \"d\" : null } ",
		"{\"a\":[1,{\"b\":[],\"c\":{}}],\"d\":null}\n"},
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"\n"},
	    {"\"\\u0041\\u00e9\\u3042\\ud83d\\ude00\\uD83D\\uDE00\"",
		"\"A\u00e9\u3042\U0001f600\U0001f600\"\n"},
	    {"\"\u65e5\u672c\u8a9e \U0001f600 \u00e9\"",
		"\"\u65e5\u672c\u8a9e \U0001f600 \u00e9\"\n"},
	    {"\"\\u0000\\u001f\x7f\"", "\"\\u0000\\u001f\x7f\"\n"},
	    {"{\"a\\\"b\":1,\"\":2,\"\\u0061\":3}", "{\"a\\\"b\":1,\"\":2,\"a\":3}\n"},
	    {"[\"0123456789012345678901234567890123456789\"]",
		"[\"0123456789012345678901234567890123456789\"]\n"},
	    {"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]",
		"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]\n"},
	    {"\xef\xbb\xbf{\"a\":1}", "{\"a\":1}\n"},
	    {"\xef\xbb\xbf", ""},
	    /* names that are alike in different objects */
	    {"{\"a\":{\"a\":{\"a\":1},\"b\":2},\"b\":{\"a\":3},\"c\":[{\"a\":4},{\"a\":5}]}",
		"{\"a\":{\"a\":{\"a\":1},\"b\":2},\"b\":{\"a\":3},\"c\":[{\"a\":4},{\"a\":5}]}\n"},
	    {"{\"a\":1,\"b\":2}{\"b\":1,\"a\":2}{\"a\":1,\"b\":2}{\"a\":1}",
		"{\"a\":1,\"b\":2}\n{\"b\":1,\"a\":2}\n{\"a\":1,\"b\":2}\n{\"a\":1}\n"},
	    /* a known name that another one begins with, or that ends in an escape */
	    {"{\"ab\":1}{\"abc\":1}{\"a\":1}{\"a\\u0062\":1}",
		"{\"ab\":1}\n{\"abc\":1}\n{\"a\":1}\n{\"ab\":1}\n"},
	    {"{\"a\\\"b\":1}\n{\"a\"b\":1}", "{\"a\\\"b\":1}\n2:5 ':' is expected: b\n"},
	    /* errors */
	    {"{\"a\":1,\"a\":2}", "1:8 a repeated name in an object: a\n"},
	    {"{\"a\":1,\n \"\\u0061\":2}", "2:2 a repeated name in an object: a\n"},
	    {"{\"a\":{\"a\":1},\"b\":{\"b\":1},\"b\":2}", "1:26 a repeated name in an object: b\n"},
	    {"{\"a\":{\"a\":{\"a\":0}},\"a\":2}", "1:20 a repeated name in an object: a\n"},
	    {"[1,]", "1:4 a value is expected: ]\n"},
	    {"[1 2]", "1:4 ',' or ']' is expected: 2\n"},
	    {"{\"a\":1,}", "1:8 a name in double quotes is expected: }\n"},
	    {"{\"a\" 1}", "1:6 ':' is expected: 1\n"},
	    {"{a:1}", "1:2 a name in double quotes is expected: a\n"},
	    {"\n\n  [tru]", "3:4 an unknown word: t\n"},
	    {"nul", "1:4 the text ends inside a word: \n"},
	    {"12true", "12\n1:3 white space is missing between two values: t\n"},
	    {"{\"a\":1}\n{\"a\":", "{\"a\":1}\n2:6 the text ends where a value is expected: \n"},
	    {"[1", "1:3 an array has no end: \n"},
	    {"{\"a\":\"x", "1:8 a string has no end: \n"},
	    {"\"a\nb\"", "1:3 a control character in a string: \n\n"},
	    {"\"\\x\"", "1:2 an unknown escape in a string: \\x\n"},
	    {"\"\\u12g4\"", "1:2 \\u without four hexadecimal digits: \\u12g4\n"},
	    {"\"\\udead\"", "1:2 a lone surrogate in a string: \\udead\n"},
	    {"\"\u3042\\ud800\\u0041\"", "1:3 a lone surrogate in a string: \\ud800\n"},
	    {"\"\u3042\xff\"", "1:3 invalid UTF-8: \xff\n"},
	    {"\"\xe3\x81\"", "1:2 invalid UTF-8: \xe3\n"},
	    {"\"\xed\xa0\x80\"", "1:2 invalid UTF-8: \xed\n"},
	    {"\"\xc0\xaf\"", "1:2 invalid UTF-8: \xc0\n"},
	    {"\"\xf4\x90\x80\x80\"", "1:2 invalid UTF-8: \xf4\n"},
	    {"{\"\xc3\x28\":1}", "1:3 invalid UTF-8: \xc3\n"},
	    {"[NaN]", "1:2 a value is expected: N\n"},
	    {"\xff\xfe[", "1:1 the text is not UTF-8 (it looks like UTF-16 or UTF-32): \xff\n"},
	    {"[\xc2\xa0]", "1:2 a value is expected: \xc2\n"},
	};
	const struct json_rules rules = {0};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(&rules, slice_of(cases[i].text), cases[i].expected);
	check(&rules, SLICE("[\"a\0b\"]"), "1:4 a control character in a string: \n");
	check(&rules, SLICE("[\0]"),
	    "1:1 the text is not UTF-8 (it looks like UTF-16 or UTF-32): [\n");
}

static void
test_duplicates(void)
{
	static const struct {
		const char *text, *first, *last;
	} cases[] = {
	    {"{\"a\":1,\"a\":2}", "{\"a\":1}\n", "{\"a\":2}\n"},
	    {"{\"a\":1,\"b\":[1,2],\"a\":{\"x\":1,\"x\":2},\"c\":3}",
		"{\"a\":1,\"b\":[1,2],\"c\":3}\n", "{\"b\":[1,2],\"a\":{\"x\":2},\"c\":3}\n"},
	    {"[{\"a\":{\"a\":0,\"a\":{\"a\":1}},\"b\":5,\"a\":6,\"b\":7},8]",
		"[{\"a\":{\"a\":0},\"b\":5},8]\n", "[{\"a\":6,\"b\":7},8]\n"},
	    {"{\"x\":1,\"\\u0078\":2,\"x\":3}{\"x\":4}", "{\"x\":1}\n{\"x\":4}\n",
		"{\"x\":3}\n{\"x\":4}\n"},
	};
	const struct json_rules first = {.duplicates = JSON_DUPLICATES_FIRST};
	const struct json_rules last = {.duplicates = JSON_DUPLICATES_LAST};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		check(&first, slice_of(cases[i].text), cases[i].first);
		check(&last, slice_of(cases[i].text), cases[i].last);
	}
}

static void
test_single(void)
{
	const struct json_rules rules = {.single = true};
	check(&rules, SLICE(" [1]\n"), "[1]\n");
	check(&rules, SLICE("1"), "1\n");
	check(&rules, SLICE("[1] x"), "[1]\n1:5 more than one value: x\n");
	check(&rules, SLICE(" \n "), "2:2 the text holds no value: \n");
	check(&rules, SLICE("\xef\xbb\xbf"), "1:2 the text holds no value: \n");
	const struct json_rules none = {.single = true, .none_is_fine = true};
	check(&none, SLICE(" \n "), "");
	check(&none, SLICE("1 2"), "1\n1:3 more than one value: 2\n");
}

static void
test_paths(void)
{
	static const struct {
		const char *path, *text, *expected;
	} cases[] = {
	    {"a.b", "{\"x\":[1,{\"b\":2}],\"a\":{\"b\":[{\"i\":1},{\"i\":2}],\"c\":3},\"y\":0}",
		"{\"i\":1}\n{\"i\":2}\n"},
	    {"a.b", "{\"a\":{\"b\":{\"i\":1}}}", "{\"i\":1}\n"},
	    {"a.b", "{\"a\":{\"c\":1}}", "1:1 the record path leads nowhere: \n"},
	    {"a.b", "{\"a\":null}{\"a\":{\"b\":null}}{\"a\":{\"b\":[]}}", ""},
	    {"a.b", "{\"a\":[]}", "1:6 the record path needs an object here: \n"},
	    {"[].r[]",
		"[{\"r\":[{\"i\":1},{\"i\":2}],\"m\":\"x\"},{\"m\":[1]},{\"r\":[{\"i\":3}]}]",
		"{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n"},
	    {"[].r[]", "[]", ""},
	    {"[].r[]", "[{}]", "1:1 the record path leads nowhere: \n"},
	    {"[].r[]", "{\"r\":1}", "1:1 the record path needs an array here: \n"},
	    {"r[][]", "{\"r\":[[{\"i\":1}],[],[{\"i\":2}]]}", "{\"i\":1}\n{\"i\":2}\n"},
	    {"[]", "[{\"i\":1}]\n[{\"i\":2}]", "{\"i\":1}\n{\"i\":2}\n"},
	    {"a", "{\"a\":[{}]}\n {\"b\":1}{\"a\":[]}",
		"{}\n2:2 the record path leads nowhere: \n"},
	    {"a", "", ""},
	    {"a.1.b", "{\"a\":[{\"b\":{\"i\":1}},{\"b\":{\"i\":2}},{\"b\":{\"i\":3}}]}",
		"{\"i\":2}\n"},
	    {"a.1", "{\"a\":{\"1\":{\"i\":1}}}", "{\"i\":1}\n"},
	    {"a.1", "{\"a\":[{},{\"i\":1}]}", "{\"i\":1}\n"},
	    {"a.1", "{\"a\":[{}]}", "1:1 the record path leads nowhere: \n"},
	    {"a.0", "{\"a\":[]}", "1:1 the record path leads nowhere: \n"},
	    {"a.1.b", "{\"a\":[{}]}", "1:1 the record path leads nowhere: \n"},
	    {"a.1[]", "{\"a\":[[],[]]}", ""},
	    {"1", "[{}]", "1:1 the record path leads nowhere: \n"},
	    {"\"a.b\".\"c\"\"[\"", "{\"a.b\":{\"c\\\"[\":{\"i\":1}}}", "{\"i\":1}\n"},
	    {"a", "{\"a\":[1]}", "1:7 a value that is not an object: \n"},
	    {"a", "{\"a\":[{}],\"b\":1,\"b\":2}", "{}\n1:17 a repeated name in an object: b\n"},
	    {"a", "{\"a\":[{\"a\":1,\"b\":2}],\"c\":{\"a\":1,\"a\":1}}",
		"{\"a\":1,\"b\":2}\n1:33 a repeated name in an object: a\n"},
	    {"a", "{\"b\":{\"a\":{\"b\":{\"a\":0},\"a\":1}},\"a\":{\"a\":{\"a\":2}}}",
		"{\"a\":{\"a\":2}}\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct json_path path = {0};
		CHECK(json_path_parse(&path, slice_of(cases[i].path)) == NULL);
		const struct json_rules rules = {
		    .path = &path, .elements = true, .objects_only = true, .path_must_lead = true};
		check(&rules, slice_of(cases[i].text), cases[i].expected);
		json_path_free(&path);
	}
	const struct json_rules elements = {.elements = true};
	check(&elements, SLICE("[1,[2],{\"a\":[3]}] {} []"), "1\n[2]\n{\"a\":[3]}\n{}\n");
	struct json_path path = {0};
	CHECK(json_path_parse(&path, SLICE("a")) == NULL);
	static const char twice[] = "{\"a\":[{\"i\":1}],\"x\":1,\"x\":2,\"a\":[{\"i\":2}]}";
	check(
	    &(struct json_rules){
		.path = &path, .elements = true, .duplicates = JSON_DUPLICATES_FIRST},
	    slice_of(twice), "{\"i\":1}\n");
	check(
	    &(struct json_rules){
		.path = &path, .elements = true, .duplicates = JSON_DUPLICATES_LAST},
	    slice_of(twice),
	    "{\"i\":1}\n1:28 a repeated name on the record path (the records of the first are "
	    "given "
	    "out already): a\n");
	json_path_free(&path);
}

/* n arrays or objects, one in the other. */
static struct buf
nested(size_t n, const char *open, const char *middle, const char *close)
{
	struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_put_text(&b, open);
	buf_put_text(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_put_text(&b, close);
	return b;
}

static void
check_depth(const struct json_rules *rules, size_t n, bool good)
{
	static const char *const shapes[][3] = {{"[", "1", "]"}, {"{\"a\":", "1", "}"}};
	for (size_t i = 0; i < 2; i++) {
		struct buf b = nested(n, shapes[i][0], shapes[i][1], shapes[i][2]);
		struct json_reader *r = json_reader_new(rules);
		struct slice value;
		json_text(r, buf_slice(&b));
		enum json_status status = json_next(r, &value);
		CHECK(status == (good ? JSON_VALUE : JSON_BAD));
		size_t measured;
		CHECK(!good || (mp_measure(value.p, value.p + value.n, &measured) == MP_OK &&
				   measured == value.n));
		CHECK(good || strcmp(json_error(r)->what, "nested deeper than 64 levels") == 0);
		json_reader_free(r);
		buf_free(&b);
	}
}

static void
test_limits(void)
{
	check_depth(&(struct json_rules){0}, 64, true);
	check_depth(&(struct json_rules){0}, 65, false);
	check_depth(&(struct json_rules){0}, 100000, false);
	check_depth(&(struct json_rules){.depth = 63}, 63, true);
	check_depth(&(struct json_rules){.depth = 63}, 64, false);

	const struct json_rules small = {.value_max = 1000};
	struct buf b = nested(1, "[\"", "", "\"]");
	buf_reset(&b);
	buf_put_text(&b, "[\"");
	for (int i = 0; i < 1200; i++)
		buf_put_byte(&b, 'x');
	buf_put_text(&b, "\"]");
	check(&small, buf_slice(&b), "1:1 a value is too large: \n");
	buf_free(&b);

	/* Names of a record: as many and as long as the stream allows. */
	const struct json_rules records = {.records = true};
	for (size_t n = 1024; n <= 1025; n++) {
		for (int deeper = 0; deeper < 2; deeper++) {
			buf_put_text(&b, deeper ? "{\"a\":{\"" : "{\"");
			for (size_t i = 0; i < n; i++)
				buf_put_byte(&b, 'n');
			buf_put_text(&b, deeper ? "\":1}}" : "\":1}");
			char *got = outcome(&records, buf_slice(&b), 0);
			CHECK((strstr(got, "a field's name is longer than 1024 bytes") != NULL) ==
			      (n == 1025 && !deeper));
			free(got);
			buf_reset(&b);
		}
	}
	for (int n = 4096; n <= 4097; n++) {
		buf_reset(&b);
		for (int i = 0; i < n; i++)
			buf_printf(&b, "%c\"%d\":1", i ? ',' : '{', i);
		buf_put_byte(&b, '}');
		char *got = outcome(&records, buf_slice(&b), 0);
		CHECK((strstr(got, "too many members in an object") != NULL) == (n == 4097));
		free(got);
	}
	buf_free(&b);
}

/* So many different names that the reader forgets some, with repeated ones before, between and after. */
static void
test_many_names(void)
{
	struct json_path path = {0};
	json_path_parse(&path, SLICE("a"));
	const struct json_rules rules = {.path = &path, .elements = true};
	struct buf b = {0};
	buf_put_text(&b, "{\"p\":1,\"a\":[");
	for (int i = 0; i < 30000; i++)
		buf_printf(&b, "%s{\"n%d\":1,\"p\":{\"p\":2},\"m%d\":3}", i ? "," : "", i, i / 2);
	buf_put_text(&b, "],\"q\":0,\"p\":2}");
	char *got = outcome(&rules, buf_slice(&b), 0);
	const char *end = strstr(got, "a repeated name in an object: p\n");
	CHECK(end && end[32] == '\0');
	CHECK(strstr(got, "\n{\"n29999\":1,\"p\":{\"p\":2},\"m14999\":3}\n") != NULL);
	free(got);
	buf_free(&b);
	json_path_free(&path);
}

static void
test_reserved(void)
{
	struct json_reader *r = json_reader_new(&(struct json_rules){.records = true});
	struct slice value;
	CHECK(json_reserve_name(r, SLICE("account")));
	json_text(r, SLICE("{\"a\":{\"account\":1}}\n{\"account\":2}"));
	CHECK(json_next(r, &value) == JSON_VALUE);
	CHECK(json_next(r, &value) == JSON_BAD);
	CHECK(json_error(r)->line == 2 && json_error(r)->column == 2);
	CHECK(json_next(r, &value) == JSON_BAD);
	/* And a new text begins anew, even in the middle of an object. */
	json_text(r, SLICE("{\"a\":1}"));
	CHECK(json_next(r, &value) == JSON_VALUE && json_next(r, &value) == JSON_END);
	CHECK(!json_error(r)->what);
	json_reader_free(r);
}

static void
test_in_memory(void)
{
	struct buf out = {0};
	struct json_error error;
	buf_put_text(&out, "before");
	CHECK(json_to_msgpack(SLICE("[1]"), JSON_DUPLICATES_ERROR, &out, &error) && !error.what);
	CHECK(slice_equal(buf_slice(&out), SLICE("before\x91\x01")));
	CHECK(!json_to_msgpack(SLICE("[1] 2"), JSON_DUPLICATES_ERROR, &out, &error));
	CHECK(
	    error.line == 1 && error.column == 5 && strcmp(error.what, "more than one value") == 0);
	CHECK(out.n == 8);
	CHECK(!json_to_msgpack(SLICE(""), JSON_DUPLICATES_ERROR, &out, &error) && out.n == 8);
	CHECK(!json_to_msgpack(SLICE("{\"a\":1,\"a\":1}"), JSON_DUPLICATES_ERROR, &out, &error) &&
	      error.fault == JSON_FAULT_REPEATED);
	CHECK(json_to_msgpack(SLICE("{\"a\":1,\"a\":2}"), JSON_DUPLICATES_LAST, &out, &error));
	CHECK(slice_equal(buf_slice(&out), SLICE("before\x91\x01\x81\xa1"
						 "a\x02")));
	buf_free(&out);
}

/*
 * Digits are read eight at a time: any byte that ends them, at each place, ends
 * them there.
 */
static void
test_digit_ends(void)
{
	static const struct json_rules rules = {0};
	static const char digits[] = "12345678912345678";
	for (size_t n = 1; n < sizeof digits; n++) {
		for (int c = 0; c < 256; c++) {
			if ((c >= '0' && c <= '9') || strchr(" \t\r\n,].eE", c) || c >= 0x80)
				continue;
			struct buf text = {0}, expected = {0};
			buf_printf(&text, "[%.*s", (int)n, digits);
			buf_put_byte(&text, (char)c);
			buf_put_text(&text, "99999999");
			buf_printf(&expected, "1:%d ',' or ']' is expected: %c\n", (int)n + 2, c);
			buf_put_byte(&expected, '\0');
			check(&rules, buf_slice(&text), expected.p);
			buf_free(&text);
			buf_free(&expected);
		}
		struct buf text = {0};
		buf_printf(&text, "[%.*s,-%.*s,0.%.*s]\n", (int)n, digits, (int)n, digits,
		    n < 15 ? (int)n : 14, digits);
		buf_put_byte(&text, '\0');
		check(&rules, (struct slice){text.p, text.n - 2}, text.p);
		buf_free(&text);
	}
}

int
main(void)
{
	test_digit_ends();
	test_values();
	test_duplicates();
	test_single();
	test_paths();
	test_limits();
	test_many_names();
	test_reserved();
	test_in_memory();
	return unit_done("json_read");
}
