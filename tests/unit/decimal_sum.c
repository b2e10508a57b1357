/* SPDX-License-Identifier: MIT */
#include "common/text/decimal_sum.h"
#include "tests/unit/unit.h"

static bool
sums(const char *a, const char *b, const char *wanted)
{
	struct buf out = {0};
	decimal_add(slice_of(a), slice_of(b), &out);
	bool good = slice_is(buf_slice(&out), wanted);
	buf_reset(&out);
	decimal_add(slice_of(b), slice_of(a), &out);
	good &= slice_is(buf_slice(&out), wanted);
	if (!good)
		fprintf(stderr, "%s + %s = %.*s\n", a, b, (int)out.n, out.p);
	buf_free(&out);
	return good;
}

static void
test_add(void)
{
	CHECK(sums("1", "2", "3"));
	CHECK(sums("0.1", "0.2", "0.3"));
	CHECK(sums("999", "1", "1000"));
	CHECK(sums("-1", "1", "0"));
	CHECK(sums("-1.50", "1.5", "0.00"));
	CHECK(sums("-5", "3", "-2"));
	CHECK(sums("5", "-3.25", "1.75"));
	CHECK(sums("-0", "-0.0", "0.0"));
	CHECK(sums("007", "1", "8"));
	CHECK(sums("-99.99", "-0.01", "-100.00"));
	CHECK(sums("123456789012345678901234567890.5", "0.5", "123456789012345678901234567891.0"));
	CHECK(sums("1", "-0.0000000000000000000000001", "0.9999999999999999999999999"));
	CHECK(sums("100", "-1000", "-900"));
}

static bool
total(const char *const *numbers, size_t n, const char *wanted)
{
	struct decimal_sum s = {0};
	struct buf out = {0};
	for (size_t i = 0; i < n; i++)
		decimal_sum_add(&s, slice_of(numbers[i]));
	bool good = decimal_sum_get(&s, &out) && slice_is(buf_slice(&out), wanted);
	if (!good)
		fprintf(stderr, "sum %.*s, not %s\n", (int)out.n, out.p, wanted);
	buf_free(&out);
	decimal_sum_free(&s);
	return good;
}

#define TOTAL(wanted, ...)                                                                         \
	CHECK(total((const char *const[]){__VA_ARGS__},                                            \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), wanted))

static void
test_sums(void)
{
	struct decimal_sum s = {0};
	struct buf out = {0};
	CHECK(!decimal_sum_get(&s, &out) && out.n == 0);
	TOTAL("6.60", "1.10", "2.2", "3.30");
	TOTAL("0.00", "5.25", "-5.25");
	TOTAL("-0.75", "0.25", "-1");
	TOTAL("1999999999999999998", "999999999999999999", "999999999999999999");
	TOTAL("1000000000000000000000000000000.50", "999999999999999999999999999999.25", "1.25");
	TOTAL("0.30000000000000000000000001", "0.10000000000000000000000001", "0.2");
	TOTAL("-12345678901234567890", "-12345678901234567890");
	/* Past 64 bits both ways. */
	for (int i = 0; i < 1000; i++)
		decimal_sum_add_scaled(&s, INT64_MAX, 0);
	for (int i = 0; i < 1000; i++)
		decimal_sum_add_scaled(&s, INT64_MAX, 18);
	CHECK(decimal_sum_get(&s, &out));
	CHECK(slice_is(buf_slice(&out), "9223372036854775816223.372036854775807000"));
	buf_reset(&out);
	for (int i = 0; i < 3000; i++)
		decimal_sum_add_scaled(&s, INT64_MIN, 0);
	CHECK(decimal_sum_get(&s, &out) && out.p[0] == '-');
	buf_free(&out);
	decimal_sum_free(&s);
}

static void
test_scaled(void)
{
	int64_t n;
	unsigned places;
	CHECK(decimal_scaled(SLICE("-12.50"), &n, &places) && n == -1250 && places == 2);
	CHECK(decimal_scaled(SLICE("999999999999999999"), &n, &places) && places == 0);
	CHECK(!decimal_scaled(SLICE("1000000000000000000"), &n, &places));
	CHECK(decimal_scaled(SLICE("0.12345678901234567"), &n, &places) && places == 17);
	CHECK(!decimal_scaled(SLICE("0.1234567890123456789"), &n, &places));
}

int
main(void)
{
	test_add();
	test_sums();
	test_scaled();
	return unit_done("decimal_sum");
}
