/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/json/value_text.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

static const struct value_style csv = {.float_marked = true, .base64 = true};

static void
check(const struct value *v, const struct value_style *style, const char *wanted)
{
	struct buf b = {0};
	const char *wrong = value_text(&b, v, style);
	int good = !wrong && slice_is(buf_slice(&b), wanted);
	if (!good)
		fprintf(stderr, "%.*s is not %s\n", (int)b.n, b.p, wanted);
	CHECK(good);
	buf_free(&b);
}

static void
check_float(double f, const char *canonical, const char *marked)
{
	struct value v = {.type = VALUE_FLOAT, .f = f};
	check(&v, NULL, canonical);
	check(&v, &csv, marked);
}

static void
scalars(void)
{
	check(&(struct value){.type = VALUE_NULL}, NULL, "");
	check(&(struct value){.type = VALUE_BAD}, NULL, "");
	check(&(struct value){.type = VALUE_BOOL, .b = true}, NULL, "true");
	check(&(struct value){.type = VALUE_BOOL}, &csv, "false");
	check(&(struct value){.type = VALUE_INT, .i = INT64_MIN}, &csv, "-9223372036854775808");
	check(&(struct value){.type = VALUE_INT, .huge = true, .u = UINT64_MAX}, NULL,
	    "18446744073709551615");
	check_float(5, "5", "5.0");
	check_float(-0.0, "-0", "-0.0");
	check_float(0.1, "0.1", "0.1");
	check_float(1e22, "10000000000000000000000", "1e22");
	check_float(NAN, "NaN", "NaN");
	check_float(-INFINITY, "-Infinity", "-Infinity");
	check(&(struct value){.type = VALUE_DECIMAL, .s = SLICE("-1.500")}, &csv, "-1.500");
	check(&(struct value){.type = VALUE_TEXT, .s = SLICE("a \"b")}, &csv, "a \"b");
	check(&(struct value){.type = VALUE_BYTES, .s = SLICE("\xff\x00\x10")}, NULL, "ff0010");
	check(
	    &(struct value){.type = VALUE_BYTES, .s = SLICE("\xff\x00\x10\x01")}, &csv, "/wAQAQ==");
	check(&(struct value){.type = VALUE_DATE, .i = 0}, NULL, "1970-01-01");
	check(&(struct value){.type = VALUE_DATETIME, .i = 1}, NULL, "1970-01-01T00:00:00.000001");
	check(&(struct value){.type = VALUE_TIMESTAMP, .at = {.seconds = 1}}, NULL,
	    "1970-01-01T00:00:01Z");
}

static void
nested(void)
{
	struct buf b = {0}, text = {0};
	struct value v;
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("a"));
	value_put(&b, &(struct value){.type = VALUE_FLOAT, .f = 5});
	CHECK(value_read(b.p, b.p + b.n, &v) && v.type == VALUE_JSON);
	check(&v, NULL, "{\"a\":5.0}");
	buf_reset(&b);
	mp_buf_array(&b, 1);
	value_put(&b, &(struct value){.type = VALUE_FLOAT, .f = NAN});
	CHECK(value_read(b.p, b.p + b.n, &v));
	CHECK(value_text(&text, &v, NULL) != NULL);
	buf_free(&b);
	buf_free(&text);
}

int
main(void)
{
	scalars();
	nested();
	/* It appends, and reports a full buffer. */
	struct buf b = {.max = 3};
	value_text(&b, &(struct value){.type = VALUE_TEXT, .s = SLICE("ab")}, NULL);
	value_text(&b, &(struct value){.type = VALUE_BYTES, .s = SLICE("c")}, NULL);
	CHECK(b.failed);
	buf_free(&b);
	return unit_done("value_text");
}
