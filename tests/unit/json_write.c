/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "common/record/value.h"
#include "tests/unit/unit.h"

static struct buf in, out;
static struct json_style style;

/* `in` must be written as expected, or refused with that text. */
static void
check(const char *expected)
{
	buf_reset(&out);
	const char *wrong = json_write(&out, buf_slice(&in), &style);
	buf_put_byte(&out, '\0');
	const char *got = wrong ? wrong : out.p;
	CHECK(strcmp(got, expected) == 0);
	if (strcmp(got, expected) != 0)
		fprintf(stderr, "%s, not %s\n", got, expected);
	buf_reset(&in);
}

static void
test_scalars(void)
{
	mp_buf_nil(&in), check("null");
	mp_buf_bool(&in, true), check("true");
	mp_buf_bool(&in, false), check("false");
	mp_buf_int(&in, 0), check("0");
	mp_buf_int(&in, INT64_MIN), check("-9223372036854775808");
	mp_buf_int(&in, 9007199254740993), check("9007199254740993");
	mp_buf_uint(&in, UINT64_MAX), check("18446744073709551615");
	mp_buf_float(&in, 1), check("1.0");
	mp_buf_float(&in, -0.0), check("-0.0");
	mp_buf_float(&in, 0.1), check("0.1");
	mp_buf_float(&in, NAN), check("a float that is not a number (NaN)");
	mp_buf_float(&in, -INFINITY), check("an infinite float");
	buf_put(&in, "\xca\x3f\x00\x00\x00", 5), check("0.5");
}

static void
test_text(void)
{
	mp_buf_str(&in, SLICE("")), check("\"\"");
	mp_buf_str(&in, SLICE("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f")),
	    check("\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	mp_buf_str(&in, SLICE("\0x")), check("\"\\u0000x\"");
	mp_buf_str(&in, SLICE("\u65e5\u672c 0123456789012345678901234567890123456789 \U0001f600"));
	check("\"\u65e5\u672c 0123456789012345678901234567890123456789 \U0001f600\"");
	mp_buf_str(&in, SLICE("ab\xff")), check("text that is not valid UTF-8");
	mp_buf_str(&in, SLICE("ab\xe3\x81")), check("text that is not valid UTF-8");
	mp_buf_bin(&in, SLICE("")), check("\"\"");
	mp_buf_bin(&in, SLICE("f")), check("\"Zg==\"");
	mp_buf_bin(&in, SLICE("fo")), check("\"Zm8=\"");
	mp_buf_bin(&in, SLICE("foo")), check("\"Zm9v\"");
	mp_buf_bin(&in, SLICE("\xff\xfe\xfd\xfb\xff\x00")), check("\"//79+/8A\"");
}

static void
test_types(void)
{
	value_put_decimal(&in, SLICE("1.10")), check("1.10");
	value_put_decimal(&in, SLICE("-007.50")), check("-7.50");
	value_put_decimal(&in, SLICE("000")), check("0");
	value_put_decimal(&in, SLICE("-00.0")), check("-0.0");
	style.decimal_text = true;
	value_put_decimal(&in, SLICE("-007.50")), check("\"-007.50\"");
	style.decimal_text = false;
	value_put_date(&in, 20776), check("\"2026-11-19\"");
	value_put_datetime(&in, -1), check("\"1969-12-31T23:59:59.999999\"");
	value_put_timestamp(&in, 1, 5), check("\"1970-01-01T00:00:01.000000005Z\"");
	mp_buf_ext(&in, 42, SLICE("x")), check("an ext value of an unknown kind");
	mp_buf_ext(&in, EXT_DECIMAL, SLICE("1e5")), check("an ext value of an unknown kind");
	mp_buf_ext(&in, EXT_DATE, SLICE("x")), check("an ext value of an unknown kind");
}

static void
test_containers(void)
{
	mp_buf_map(&in, 3);
	mp_buf_str(&in, SLICE("a")), mp_buf_array(&in, 0);
	mp_buf_str(&in, SLICE("b")), mp_buf_map(&in, 0);
	mp_buf_str(&in, SLICE("c"));
	mp_buf_array(&in, 3), mp_buf_int(&in, 1), mp_buf_array(&in, 1), mp_buf_nil(&in),
	    mp_buf_map(&in, 1);
	mp_buf_str(&in, SLICE("d")), mp_buf_str(&in, SLICE("e"));
	check("{\"a\":[],\"b\":{},\"c\":[1,[null],{\"d\":\"e\"}]}");
	mp_buf_map(&in, 1), mp_buf_int(&in, 1), mp_buf_int(&in, 2);
	check("a member's name that is not text");
	mp_buf_map(&in, 1), mp_buf_array(&in, 0), mp_buf_int(&in, 2);
	check("a member's name that is not text");
	mp_buf_array(&in, 2), mp_buf_int(&in, 2);
	check("a value that is cut off");
	for (int i = 0; i < MP_DEPTH_MAX + 1; i++)
		mp_buf_array(&in, 1);
	check("nesting deeper than 64 levels");
	/* An empty container may be below the last level, as in mp_measure. */
	char nested[2 * (MP_DEPTH_MAX + 1) + 1] = "";
	memset(nested, '[', MP_DEPTH_MAX + 1);
	memset(nested + MP_DEPTH_MAX + 1, ']', MP_DEPTH_MAX + 1);
	for (int i = 0; i < MP_DEPTH_MAX; i++)
		mp_buf_array(&in, 1);
	mp_buf_array(&in, 0);
	check(nested);
}

/* Two values in a row: the position moves from one to the next. */
static void
test_position(void)
{
	mp_buf_array(&in, 1), mp_buf_int(&in, 1), mp_buf_bool(&in, true);
	const char *p = in.p, *end = in.p + in.n;
	buf_reset(&out);
	CHECK(json_write_value(&out, &p, end, &style) == NULL && p == end - 1);
	CHECK(json_write_value(&out, &p, end, &style) == NULL && p == end);
	CHECK(slice_equal(buf_slice(&out), SLICE("[1]true")));
	buf_reset(&in);
}

int
main(void)
{
	test_scalars();
	test_text();
	test_types();
	test_containers();
	test_position();
	buf_free(&in);
	buf_free(&out);
	return unit_done("json_write");
}
