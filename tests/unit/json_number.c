/* SPDX-License-Identifier: MIT */
/* The kind and exact value of each spelling of a number. */
#include <math.h>
#include <stdlib.h>

#include "common/json/json_number.h"
#include "common/record/value.h"
#include "tests/unit/unit.h"

static struct value
read_number(struct slice text, struct buf *out, const char **wrong)
{
	struct value v = {.type = VALUE_BAD};
	const char *p = text.p;
	buf_reset(out);
	*wrong = NULL;
	if (json_number_put(&p, text.p + text.n, true, out, wrong) == JSON_NUMBER_OK) {
		CHECK(p == text.p + text.n);
		value_read(out->p, out->p + out->n, &v);
	}
	return v;
}

static void
test_kinds(void)
{
	static const struct {
		const char *text;
		enum value_type type;
		const char *decimal;
		double f;
	} cases[] = {
	    {"0", VALUE_INT, NULL, 0},
	    {"-1", VALUE_INT, NULL, -1},
	    {"123456789", VALUE_INT, NULL, 123456789},
	    {"-0", VALUE_FLOAT, NULL, -0.0},
	    {"-0.0", VALUE_FLOAT, NULL, -0.0},
	    {"0e999999999999", VALUE_FLOAT, NULL, 0},
	    {"1.0", VALUE_FLOAT, NULL, 1},
	    {"1.10", VALUE_FLOAT, NULL, 1.1},
	    {"1e5", VALUE_FLOAT, NULL, 1e5},
	    {"1E+2", VALUE_FLOAT, NULL, 100},
	    {"1e-7", VALUE_FLOAT, NULL, 1e-7},
	    {"0.1", VALUE_FLOAT, NULL, 0.1},
	    {"5e-324", VALUE_FLOAT, NULL, 5e-324},
	    {"1e23", VALUE_FLOAT, NULL, 1e23},
	    {"1.7976931348623157e308", VALUE_FLOAT, NULL, 1.7976931348623157e308},
	    {"0.30000000000000004", VALUE_FLOAT, NULL, 0.1 + 0.2},
	    {"000.5", VALUE_BAD, NULL, 0},
	    {"0.10000000000000001", VALUE_DECIMAL, "0.10000000000000001", 0},
	    {"9007199254740993.0", VALUE_DECIMAL, "9007199254740993.0", 0},
	    {"-12345678901234567.10", VALUE_DECIMAL, "-12345678901234567.10", 0},
	    {"18446744073709551616", VALUE_DECIMAL, "18446744073709551616", 0},
	    {"-9223372036854775809", VALUE_DECIMAL, "-9223372036854775809", 0},
	    {"100000000000000000000", VALUE_DECIMAL, "100000000000000000000", 0},
	    {"1.23456789012345678901e3", VALUE_DECIMAL, "1234.56789012345678901", 0},
	    {"1234567890123456789.0e-3", VALUE_DECIMAL, "1234567890123456.7890", 0},
	    {"0.00123456789012345678e1", VALUE_DECIMAL, "0.0123456789012345678", 0},
	    {"0.00123456789012345678e4", VALUE_DECIMAL, "12.3456789012345678", 0},
	    {"123456789012345678.5e-20", VALUE_DECIMAL, "0.001234567890123456785", 0},
	    {"-1234567890123456789e-19", VALUE_DECIMAL, "-0.1234567890123456789", 0},
	    {"1234567890123456789e2", VALUE_DECIMAL, "123456789012345678900", 0},
	    {"1e5000", VALUE_BAD, NULL, 0},
	    {"1e-5000", VALUE_BAD, NULL, 0},
	    {"1e99999999999999", VALUE_BAD, NULL, 0},
	    {"01", VALUE_BAD, NULL, 0},
	    {"-", VALUE_BAD, NULL, 0},
	    {"1.", VALUE_BAD, NULL, 0},
	    {"1e", VALUE_BAD, NULL, 0},
	    {"1e+", VALUE_BAD, NULL, 0},
	    {"-.5", VALUE_BAD, NULL, 0},
	    {"-00", VALUE_BAD, NULL, 0},
	};
	struct buf out = {0};
	const char *wrong;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct value v = read_number(slice_of(cases[i].text), &out, &wrong);
		CHECK(v.type == cases[i].type);
		if (v.type != cases[i].type)
			fprintf(stderr, "%s is %s\n", cases[i].text, value_type_name(v.type));
		CHECK((v.type == VALUE_BAD) == (wrong != NULL));
		if (v.type == VALUE_INT)
			CHECK(v.i == (int64_t)cases[i].f);
		if (v.type == VALUE_FLOAT)
			CHECK(v.f == cases[i].f && !signbit(v.f) == !signbit(cases[i].f));
		if (v.type == VALUE_DECIMAL)
			CHECK(slice_is(v.s, cases[i].decimal));
	}
	struct value v = read_number(SLICE("18446744073709551615"), &out, &wrong);
	CHECK(v.type == VALUE_INT && v.huge && v.u == UINT64_MAX);
	v = read_number(SLICE("-9223372036854775808"), &out, &wrong);
	CHECK(v.type == VALUE_INT && !v.huge && v.i == INT64_MIN);
	buf_free(&out);
}

static void
test_expanded(void)
{
	struct buf out = {0};
	const char *wrong;
	struct value v = read_number(SLICE("1e400"), &out, &wrong);
	CHECK(v.type == VALUE_DECIMAL && v.s.n == 401 && v.s.p[0] == '1');
	for (size_t i = 1; i < v.s.n; i++)
		CHECK(v.s.p[i] == '0');
	v = read_number(SLICE("-25e-401"), &out, &wrong);
	CHECK(v.type == VALUE_DECIMAL && v.s.n == 404 &&
	      slice_equal((struct slice){v.s.p, 4}, SLICE("-0.0")));
	CHECK(slice_equal((struct slice){v.s.p + 401, 3}, SLICE("025")));
	v = read_number(SLICE("1e4095"), &out, &wrong);
	CHECK(v.type == VALUE_DECIMAL && v.s.n == 4096);
	v = read_number(SLICE("1e4096"), &out, &wrong);
	CHECK(v.type == VALUE_BAD && strcmp(wrong, "a number needs more than 4096 digits") == 0);
	buf_free(&out);
}

static void
test_ceilings(void)
{
	static char text[JSON_NUMBER_MAX + 2];
	struct buf out = {0};
	const char *wrong;
	memset(text, '7', sizeof text);
	struct value v = read_number((struct slice){text, JSON_DIGITS_MAX}, &out, &wrong);
	CHECK(v.type == VALUE_DECIMAL && v.s.n == JSON_DIGITS_MAX);
	v = read_number((struct slice){text, JSON_DIGITS_MAX + 1}, &out, &wrong);
	CHECK(v.type == VALUE_BAD && strcmp(wrong, "a number needs more than 4096 digits") == 0);
	/* Even where more could come, a text without end is stopped. */
	const char *p = text;
	CHECK(
	    json_number_put(&p, text + JSON_NUMBER_MAX, false, &out, &wrong) == JSON_NUMBER_MORE &&
	    p == text);
	CHECK(json_number_put(&p, text + JSON_NUMBER_MAX + 1, false, &out, &wrong) ==
	      JSON_NUMBER_BAD);
	CHECK(strcmp(wrong, "a number is longer than 8192 bytes") == 0);
	buf_free(&out);
}

static void
test_cut(void)
{
	static const char text[] = "-12.50e+10";
	struct buf out = {0};
	const char *wrong = NULL;
	for (size_t n = 1; n < sizeof text; n++) {
		const char *p = text;
		CHECK(json_number_put(&p, text + n, false, &out, &wrong) == JSON_NUMBER_MORE &&
		      p == text && !out.n);
	}
	buf_free(&out);
}

int
main(void)
{
	test_kinds();
	test_expanded();
	test_ceilings();
	test_cut();
	return unit_done("json_number");
}
