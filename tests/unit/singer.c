/* SPDX-License-Identifier: MIT */
#include "common/json/singer.h"
#include "common/json/json_read.h"
#include "common/json/value_text.h"
#include "tests/unit/unit.h"

static const struct singer_choices usual = {.date_time = VALUE_TIMESTAMP};

static struct slice
msgpack(const char *json, struct buf *b)
{
	struct json_error error;
	buf_reset(b);
	if (!*json)
		return (struct slice){0};
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, b, &error));
	return buf_slice(b);
}

/* The field "a" of a schema with that property; form -1 if the schema is refused. */
static struct singer_field
field_of(const char *property, const struct singer_choices *choices)
{
	static struct singer_schema s;
	struct buf b = {0}, json = {0};
	struct slice at;
	buf_printf(&json, "{\"properties\":{\"z\":{\"type\":\"null\"},\"a\":%s}}", property);
	buf_put_byte(&json, '\0');
	const char *wrong =
	    singer_schema_read(&s, msgpack(json.p, &b), (struct slice){0}, choices, &at);
	CHECK(!wrong && s.n == 2 && slice_is(s.fields[1].name, "a"));
	buf_free(&b);
	buf_free(&json);
	return s.fields[1];
}

static void
is(const char *property, enum singer_form form, enum value_type type, bool nullable)
{
	struct singer_field f = field_of(property, &usual);
	if (f.form != form || f.type != type || f.nullable != nullable)
		fprintf(stderr, "%s: form %d, type %d\n", property, (int)f.form, (int)f.type);
	CHECK(f.form == form && f.type == type && f.nullable == nullable);
}

static void
forms(void)
{
	is("{\"type\":\"integer\"}", SINGER_INT, VALUE_INT, false);
	is("{\"type\":[\"null\",\"integer\"]}", SINGER_INT, VALUE_INT, true);
	is("{\"type\":[\"integer\",\"number\",\"null\"]}", SINGER_FLOAT, VALUE_FLOAT, true);
	is("{\"type\":\"number\",\"multipleOf\":0.01}", SINGER_DECIMAL, VALUE_DECIMAL, false);
	is("{\"type\":\"string\",\"format\":\"singer.decimal\"}", SINGER_DECIMAL, VALUE_DECIMAL,
	    false);
	is("{\"type\":\"string\",\"format\":\"date-time\"}", SINGER_DATE_TIME, VALUE_TIMESTAMP,
	    false);
	is("{\"type\":\"string\",\"format\":\"date\"}", SINGER_DATE, VALUE_DATE, false);
	is("{\"type\":\"string\",\"format\":\"time\"}", SINGER_TEXT, VALUE_TEXT, false);
	is("{\"type\":[\"object\",\"null\"]}", SINGER_JSON, VALUE_JSON, true);
	is("{\"type\":[\"object\",\"array\"]}", SINGER_JSON, VALUE_JSON, false);
	is("{\"type\":[\"string\",\"integer\"]}", SINGER_MIXED, VALUE_TEXT, false);
	is("{}", SINGER_MIXED, VALUE_TEXT, true);
	is("{\"type\":\"null\"}", SINGER_TEXT, VALUE_TEXT, true);
	is("{\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},{\"type\":\"null\"}]}",
	    SINGER_DATE_TIME, VALUE_TIMESTAMP, true);
	/* A text that need not be a date-time. */
	is("{\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},{\"type\":[\"null\","
	   "\"string\"]}]}",
	    SINGER_TEXT, VALUE_TEXT, true);
	is("{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"object\"}]}", SINGER_MIXED, VALUE_TEXT,
	    false);
	CHECK(field_of("{\"type\":\"number\"}", &(struct singer_choices){.number_decimal = true})
		  .form == SINGER_DECIMAL);
	CHECK(field_of("{\"type\":\"number\",\"multipleOf\":1e-9}", &usual).scale == 9);
	CHECK(field_of("{\"type\":\"number\",\"multipleOf\":1}", &usual).scale == 0);
}

static void
refused(const char *schema, const char *keys, const char *wanted, const char *wanted_at)
{
	struct singer_schema s = {0};
	struct buf a = {0}, b = {0};
	struct slice at;
	const char *wrong =
	    singer_schema_read(&s, msgpack(schema, &a), msgpack(keys, &b), &usual, &at);
	CHECK(wrong && strcmp(wrong, wanted) == 0 && slice_is(at, wanted_at));
	singer_schema_free(&s);
	buf_free(&a);
	buf_free(&b);
}

static void
schemas(void)
{
	refused("{}", "", "the schema has no properties", "");
	refused("{\"properties\":{}}", "", "the schema has no properties", "");
	refused("{\"properties\":{\"a\":{\"type\":\"word\"}}}", "",
	    "has an unknown type in its schema", "a");
	refused(
	    "{\"properties\":{\"a\":{\"type\":5}}}", "", "has an unknown type in its schema", "a");
	refused("{\"properties\":{\"a\":{\"anyOf\":5}}}", "",
	    "has alternatives that are not a list in its schema", "a");
	refused("{\"properties\":{\"a\":{}}}", "[\"b\"]",
	    "is in key_properties, and the schema has no such property", "b");
	refused("{\"properties\":{\"a\":{}}}", "5", "key_properties is not a list", "");
	struct singer_schema s = {0};
	struct buf a = {0}, b = {0};
	struct slice at;
	CHECK(!singer_schema_read(&s,
	    msgpack("{\"properties\":{\"a\":{},\"b\":{}},\"required\":[\"b\",\"c\"]}", &a),
	    msgpack("[\"a\"]", &b), &usual, &at));
	CHECK(s.fields[0].key && s.fields[0].required && !s.fields[1].key && s.fields[1].required);
	singer_schema_free(&s);
	buf_free(&a);
	buf_free(&b);
}

/* The value's text under the property, or why it is refused. */
static void
value_is(const char *property, const struct singer_choices *choices, const char *json,
    const char *wanted)
{
	struct singer_field f = field_of(property, choices);
	struct buf in = {0}, out = {0}, text = {0}, wrapped = {0};
	struct value v, got;
	buf_printf(&wrapped, "%s", json);
	buf_put_byte(&wrapped, '\0');
	struct slice bytes = msgpack(wrapped.p, &in);
	value_read(bytes.p, bytes.p + bytes.n, &v);
	const char *wrong = singer_put_value(&f, choices, &v, &out);
	if (wrong) {
		buf_put_text(&text, wrong);
	} else {
		CHECK(
		    value_read(out.p, out.p + out.n, &got) == out.p + out.n && got.type == f.type);
		value_text(&text, &got, NULL);
	}
	bool good = slice_is(buf_slice(&text), wanted);
	if (!good)
		fprintf(stderr, "%s: %s: %.*s\n", property, json, (int)text.n, text.p);
	CHECK(good);
	buf_free(&in);
	buf_free(&out);
	buf_free(&text);
	buf_free(&wrapped);
}

static void
values(void)
{
	static const struct singer_choices local = {.date_time = VALUE_DATETIME};
	static const char bounds[] = "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":5}";
	static const char open[] =
	    "{\"type\":\"number\",\"minimum\":0,\"exclusiveMinimum\":true,\"exclusiveMaximum\":10}";
	static const char cents[] = "{\"type\":\"number\",\"multipleOf\":0.01}";
	static const char moment[] = "{\"type\":\"string\",\"format\":\"date-time\"}";
	value_is(bounds, &usual, "5", "5");
	value_is(bounds, &usual, "6", "is above the maximum of its schema");
	value_is(bounds, &usual, "-6", "is below the minimum of its schema");
	value_is(bounds, &usual, "5.0", "5");
	value_is(bounds, &usual, "1.5", "is not an integer between -2^63 and 2^64-1");
	value_is(bounds, &usual, "\"5\"", "is not an integer");
	value_is(open, &usual, "0", "is below the minimum of its schema");
	value_is(open, &usual, "10", "is above the maximum of its schema");
	value_is(open, &usual, "9.5", "9.5");
	value_is("{\"type\":\"number\"}", &usual, "9007199254740993",
	    "is not exactly a float (see --number)");
	value_is("{\"type\":\"integer\"}", &usual, "18446744073709551615", "18446744073709551615");
	value_is(cents, &usual, "12.5", "12.5");
	value_is(cents, &usual, "9007199254740993.01", "9007199254740993.01");
	value_is(cents, &usual, "12.505", "has more digits than the multipleOf of its schema");
	value_is(cents, &usual, "\"12\"", "is not a number");
	value_is(
	    "{\"type\":\"string\",\"format\":\"singer.decimal\"}", &usual, "\"12.50\"", "12.50");
	value_is("{\"type\":\"string\",\"format\":\"singer.decimal\"}", &usual, "12.5",
	    "is not a text with a decimal number");
	value_is(moment, &usual, "\"2026-11-27T01:02:03+09:00\"", "2026-11-26T16:02:03Z");
	value_is(moment, &usual, "\"2026-11-27T01:02:03\"", "has no zone (see --date-time)");
	value_is(moment, &usual, "\"yesterday\"", "is not a date and time as ISO 8601 writes it");
	value_is(moment, &local, "\"2026-11-27T01:02:03\"", "2026-11-27T01:02:03");
	value_is(moment, &local, "\"2026-11-27T01:02:03Z\"",
	    "has a zone or nanoseconds (see --date-time)");
	value_is(
	    "{\"type\":\"string\",\"format\":\"date\"}", &usual, "\"2026-11-27\"", "2026-11-27");
	value_is("{\"type\":\"string\",\"format\":\"date\"}", &usual, "\"2026-11-31\"",
	    "is not a date as YYYY-MM-DD");
	value_is("{\"type\":\"string\",\"maxLength\":2}", &usual, "\"日本\"", "日本");
	value_is("{\"type\":\"string\",\"maxLength\":2}", &usual, "\"abc\"",
	    "is longer than the maxLength of its schema");
	value_is("{\"type\":\"string\"}", &usual, "5", "is not a text");
	value_is("{\"type\":\"boolean\"}", &usual, "0", "is not a boolean");
	value_is("{\"type\":\"array\"}", &usual, "[1,{\"b\":null}]", "[1,{\"b\":null}]");
	value_is("{\"type\":\"object\"}", &usual, "\"x\"", "is not an object or array");
	value_is("{}", &usual, "[1.5,true]", "[1.5,true]");
	value_is("{}", &usual, "1.5", "1.5");
	value_is("{}", &usual, "false", "false");
}

int
main(void)
{
	forms();
	schemas();
	values();
	return unit_done("singer");
}
