/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/number.h"
#include "tests/unit/unit.h"

static const char *
float_digits(double f)
{
	static struct buf b;
	buf_reset(&b);
	number_put_float(&b, f);
	buf_put_byte(&b, '\0');
	return b.p;
}

static void
test_float_digits(void)
{
	static const struct {
		double f;
		const char *text;
	} cases[] = {
	    {0.0, "0"},
	    {-0.0, "-0"},
	    {1.0, "1"},
	    {-1.5, "-1.5"},
	    {0.1, "0.1"},
	    {100.0, "100"},
	    {1234.5, "1234.5"},
	    {1e22, "10000000000000000000000"},
	    {2.5e-9, "0.0000000025"},
	    {-2e-18, "-0.000000000000000002"},
	    {0.30000000000000004, "0.30000000000000004"},
	    {9007199254740993.0, "9007199254740992"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK(strcmp(float_digits(cases[i].f), cases[i].text) == 0);
}

/* Any bits: the digits are a decimal, have no exponent and read back as the same float. */
static void
test_floats_read_back(void)
{
	uint64_t bits = 88172645463325252u;
	unsigned wrong = 0;
	for (int i = 0; i < 20000; i++) {
		double f;
		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		memcpy(&f, &bits, sizeof f);
		if (!number_is_finite(f))
			continue;
		const char *text = float_digits(f);
		wrong += !value_decimal_valid(slice_of(text)) || strtod(text, NULL) != f;
	}
	CHECK(wrong == 0);
	CHECK(strtod(float_digits(5e-324), NULL) == 5e-324);
	CHECK(strtod(float_digits(1.7976931348623157e308), NULL) == 1.7976931348623157e308);
}

static const char *
integer_digits(struct value v)
{
	static struct buf b;
	v.type = VALUE_INT;
	buf_reset(&b);
	number_put_integer(&b, &v);
	buf_put_byte(&b, '\0');
	return b.p;
}

static void
test_integer_digits(void)
{
	CHECK(strcmp(integer_digits((struct value){.i = 0}), "0") == 0);
	CHECK(strcmp(integer_digits((struct value){.i = -1}), "-1") == 0);
	CHECK(strcmp(integer_digits((struct value){.i = INT64_MAX}), "9223372036854775807") == 0);
	CHECK(strcmp(integer_digits((struct value){.i = INT64_MIN}), "-9223372036854775808") == 0);
	CHECK(strcmp(integer_digits((struct value){.huge = true, .u = UINT64_MAX}),
		  "18446744073709551615") == 0);
}

int
main(void)
{
	test_integer_digits();
	test_float_digits();
	test_floats_read_back();
	return unit_done("number");
}
