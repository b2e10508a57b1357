/* SPDX-License-Identifier: MIT */
/* The result of each kind of column for values of each type. */
#include <math.h>
#include <stdio.h>

#include "common/json/json_read.h"
#include "common/json/value_text.h"
#include "common/record/mp.h"
#include "common/sql/column.h"
#include "tests/unit/unit.h"

/* The column's result for a value: its canonical text, or "RULE: reason". */
static const char *
fitted(const struct column *c, const struct value *in)
{
	static struct buf text, scratch;
	struct reject_reason why = {0};
	struct value out;

	buf_reset(&text);
	buf_reset(&scratch);
	if (!column_fit(c, in, &out, &scratch, &why))
		buf_printf(&text, "%s!", why.rule);
	else if (out.type == VALUE_NULL)
		buf_put_text(&text, "null");
	else {
		buf_printf(&text, "%s ", value_type_name(out.type));
		value_text(&text, &out, NULL);
	}
	buf_put_byte(&text, '\0');
	return text.p;
}

static struct value
read_back(struct buf *b)
{
	struct value v;

	CHECK(value_read(b->p, b->p + b->n, &v) != NULL);
	return v;
}

static struct value
of_json(struct buf *b, const char *json)
{
	struct json_error error;

	buf_reset(b);
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, b, &error));
	return read_back(b);
}

static struct value
of_decimal(struct buf *b, const char *digits)
{
	buf_reset(b);
	value_put_decimal(b, slice_of(digits));
	return read_back(b);
}

static void
expect(const struct column *c, const struct value *v, const char *wanted)
{
	const char *got = fitted(c, v);

	if (strcmp(got, wanted) != 0)
		fprintf(stderr, "column %.*s: got %s, wanted %s\n", (int)c->type.n, c->type.p, got,
		    wanted);
	CHECK(strcmp(got, wanted) == 0);
}

static void
test_integers(void)
{
	static const struct column tiny = {
	    .type = {"tinyint", 7}, .kind = COLUMN_INT, .low = -128, .high = 127};
	static const struct column big = {
	    .type = {"bigint unsigned", 15}, .kind = COLUMN_INT, .low = 0, .high = UINT64_MAX};
	static const struct {
		const struct column *column;
		const char *json, *wanted;
	} cases[] = {
	    {&tiny, "127", "int 127"},
	    {&tiny, "128", "range!"},
	    {&tiny, "-128", "int -128"},
	    {&tiny, "-129", "range!"},
	    {&tiny, "12.0", "int 12"},
	    {&tiny, "12.5", "integer!"},
	    {&tiny, "\"12\"", "type!"},
	    {&tiny, "true", "type!"},
	    {&tiny, "null", "not-null!"},
	    {&big, "18446744073709551615", "int 18446744073709551615"},
	    {&big, "18446744073709551616", "integer!"},
	    {&big, "-1", "range!"},
	    {&big, "9007199254740993", "int 9007199254740993"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_json(&b, cases[i].json);
		expect(cases[i].column, &v, cases[i].wanted);
	}
	buf_free(&b);
}

static void
test_decimals_and_floats(void)
{
	static const struct column money = {
	    .type = {"numeric(6,2)", 12}, .kind = COLUMN_DECIMAL, .precision = 6, .scale = 2};
	static const struct column real = {
	    .type = {"real", 4}, .kind = COLUMN_FLOAT, .single = true, .finite = true};
	static const struct column wide = {.type = {"double", 6}, .kind = COLUMN_FLOAT};
	static const struct {
		const struct column *column;
		const char *digits, *wanted;
	} cases[] = {
	    {&money, "1234.50", "decimal 1234.50"},
	    {&money, "12345.00", "precision!"},
	    {&money, "0.005", "scale!"},
	    {&money, "0.500000", "decimal 0.50"},
	    {&money, "-9999.99", "decimal -9999.99"},
	    {&money, "0", "decimal 0"},
	    {&real, "0.5", "float 0.5"},
	    {&real, "0.1", "exact!"},
	    {&wide, "0.25", "float 0.25"},
	    {&wide, "0.1", "exact!"},
	    {&wide, "9007199254740993", "exact!"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_decimal(&b, cases[i].digits);
		expect(cases[i].column, &v, cases[i].wanted);
	}
	struct value nan = {.type = VALUE_FLOAT, .f = NAN},
		     inf = {.type = VALUE_FLOAT, .f = INFINITY};
	expect(&wide, &nan, "float NaN");
	expect(&real, &inf, "range!");
	expect(&money, &nan, "range!");
	struct value tenth = {.type = VALUE_FLOAT, .f = 0.1};
	expect(&real, &tenth, "exact!");
	buf_free(&b);
}

static void
test_text(void)
{
	static const struct column name = {.type = {"varchar(3)", 10},
	    .kind = COLUMN_TEXT,
	    .nullable = true,
	    .no_nul = true,
	    .max_chars = 3};
	static const struct column any = {
	    .type = {"TEXT", 4}, .kind = COLUMN_TEXT, .canonical = true};
	static const struct slice members[] = {{"on", 2}, {"off", 3}};
	static const struct column choice = {
	    .type = {"enum", 4}, .kind = COLUMN_ENUM, .members = members, .n_members = 2};
	static const struct column some = {
	    .type = {"set", 3}, .kind = COLUMN_SET, .members = members, .n_members = 2};
	static const struct column id = {.type = {"uuid", 4}, .kind = COLUMN_UUID};
	static const struct column v4 = {.type = {"inet4", 5}, .kind = COLUMN_INET4};
	static const struct column v6 = {.type = {"inet6", 5}, .kind = COLUMN_INET6};
	static const struct {
		const struct column *column;
		const char *json, *wanted;
	} cases[] = {
	    {&name, "\"日本語\"", "text 日本語"},
	    {&name, "\"日本語x\"", "length!"},
	    {&name, "\"a\\u0000\"", "nul!"},
	    {&name, "null", "null"},
	    {&name, "12", "text 12"},
	    {&name, "1.5", "type!"},
	    {&name, "true", "type!"},
	    {&any, "1.5", "text 1.5"},
	    {&any, "{\"a\":[1,null]}", "text {\"a\":[1,null]}"},
	    {&choice, "\"on\"", "text on"},
	    {&choice, "\"ON\"", "enum!"},
	    {&some, "\"on,off\"", "text on,off"},
	    {&some, "\"\"", "text "},
	    {&some, "\"on,\"", "set!"},
	    {&some, "\",on\"", "set!"},
	    {&id, "\"00112233-4455-6677-8899-AABBCCDDEEFF\"",
		"bytes 00112233445566778899aabbccddeeff"},
	    {&id, "\"00112233445566778899aabbccddeeff\"", "uuid!"},
	    {&id, "\"00112233-4455-6677-8899-aabbccddeefg\"", "uuid!"},
	    {&v4, "\"1.2.3.255\"", "text 1.2.3.255"},
	    {&v4, "\"1.2.3.256\"", "inet!"},
	    {&v4, "\"1.2.3\"", "inet!"},
	    {&v4, "\"010.2.3.4\"", "inet!"},
	    {&v4, "\"1.2.3.4\\u0000\"", "inet!"},
	    {&v4, "\" 1.2.3.4\"", "inet!"},
	    {&v4, "\"1.2.3.4 \"", "inet!"},
	    {&v4, "\"1.2.3.4/32\"", "inet!"},
	    {&v4, "\"\"", "inet!"},
	    {&v4, "\"::1\"", "inet!"},
	    {&v4, "16909060", "type!"},
	    {&v6, "\"2001:DB8:0:0:0:0:0:1\"", "text 2001:db8::1"},
	    {&v6, "\"::FFFF:1.2.3.4\"", "text ::ffff:1.2.3.4"},
	    {&v6, "\"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255\"",
		"text ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	    {&v6, "\"::ffff:01.2.3.4\"", "inet!"},
	    {&v6, "\"1.2.3.4\"", "inet!"},
	    {&v6, "\"fe80::1%eth0\"", "inet!"},
	    {&v6, "\"1:2:3:4:5:6:7:8:9\"", "inet!"},
	    {&v6, "\"::1\\u0000\"", "inet!"},
	    {&v6, "\"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000\"", "inet!"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_json(&b, cases[i].json);
		expect(cases[i].column, &v, cases[i].wanted);
	}
	buf_free(&b);
}

static void
test_json(void)
{
	static const struct column json = {
	    .type = {"jsonb", 5}, .kind = COLUMN_JSON, .no_nul = true};
	static const struct column text = {
	    .type = {"TEXT", 4}, .kind = COLUMN_TEXT, .canonical = true};
	static const struct {
		const char *json, *wanted;
	} cases[] = {
	    {"{\"a\":[1,2.5,\"x\\n\",null,true,{}],\"b\":[]}",
		"text {\"a\":[1,2.5,\"x\\n\",null,true,{}],\"b\":[]}"},
	    {"\"x\"", "text \"x\""},
	    {"12", "text 12"},
	    {"{\"a\":\"\\u0000\"}", "nul!"},
	    {"{\"a\":\"\\\\u0000\"}", "text {\"a\":\"\\\\u0000\"}"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_json(&b, cases[i].json);
		expect(&json, &v, cases[i].wanted);
	}
	/* A NaN deep inside has no JSON form, wherever the text would go. */
	buf_reset(&b);
	mp_buf_array(&b, 1);
	mp_buf_float(&b, NAN);
	struct value v = read_back(&b);
	expect(&json, &v, "json!");
	expect(&text, &v, "json!");
	buf_free(&b);
}

static void
test_times(void)
{
	static const struct column day = {
	    .type = {"date", 4}, .kind = COLUMN_DATE, .low = 0, .high = 30000};
	static const struct column second = {.type = {"datetime", 8},
	    .kind = COLUMN_DATETIME,
	    .low = INT64_MIN,
	    .high = INT64_MAX,
	    .scale = 0};
	static const struct column instant = {.type = {"timestamptz", 11},
	    .kind = COLUMN_TIMESTAMP,
	    .low = INT64_MIN,
	    .high = INT64_MAX,
	    .scale = 6};
	static const struct {
		const struct column *column;
		const char *json, *wanted;
	} cases[] = {
	    {&day, "\"2026-11-20\"", "date 2026-11-20"},
	    {&day, "\"2026-02-29\"", "date!"},
	    {&day, "\"2026/11/20\"", "date!"},
	    {&day, "\"1969-12-31\"", "range!"},
	    {&day, "20777", "type!"},
	    {&second, "\"2026-11-20T01:02:03\"", "datetime 2026-11-20T01:02:03"},
	    {&second, "\"2026-11-20T01:02:03.5\"", "scale!"},
	    {&second, "\"2026-11-20T01:02:03Z\"", "datetime!"},
	    {&instant, "\"2026-11-20T01:02:03+09:00\"", "timestamp 2026-11-19T16:02:03Z"},
	    {&instant, "\"2026-11-20T01:02:03\"", "timestamp!"},
	    {&instant, "\"2026-11-20T01:02:03.000000001Z\"", "scale!"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_json(&b, cases[i].json);
		expect(cases[i].column, &v, cases[i].wanted);
	}
	/* A zone is never guessed, in neither direction. */
	buf_reset(&b);
	value_put_datetime(&b, 0);
	struct value wall = read_back(&b);
	expect(&instant, &wall, "zone!");
	buf_reset(&b);
	value_put_timestamp(&b, 0, 0);
	struct value at = read_back(&b);
	expect(&second, &at, "zone!");
	buf_free(&b);
}

/* SQLite's columns without types, and with NUMERIC affinity. */
static void
test_affinity(void)
{
	static const struct column any = {.type = {"BLOB", 4}, .kind = COLUMN_ANY};
	static const struct column numeric = {.type = {"NUMERIC", 7}, .kind = COLUMN_NUMERIC};
	static const struct {
		const struct column *column;
		const char *json, *wanted;
	} cases[] = {
	    {&any, "18446744073709551615", "range!"},
	    {&any, "true", "int 1"},
	    {&any, "\"12\"", "text 12"},
	    {&numeric, "\"12\"", "affinity!"},
	    {&numeric, "\" 1e5 \"", "affinity!"},
	    {&numeric, "\"12 x\"", "text 12 x"},
	    {&numeric, "\".\"", "text ."},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = of_json(&b, cases[i].json);
		expect(cases[i].column, &v, cases[i].wanted);
	}
	struct value v = of_decimal(&b, "0.1");
	expect(&numeric, &v, "exact!");
	v = of_decimal(&b, "12.00");
	expect(&numeric, &v, "int 12");
	buf_free(&b);
}

int
main(void)
{
	test_integers();
	test_decimals_and_floats();
	test_text();
	test_json();
	test_times();
	test_affinity();
	return unit_done("column_values");
}
