/* SPDX-License-Identifier: MIT */
#include "common/text/decimal.h"
#include "tests/unit/unit.h"

static bool
parses(const char *text, const char *wanted)
{
	struct buf b = {0};
	bool good = decimal_parse(slice_of(text), &b);
	bool same = wanted ? good && slice_is(buf_slice(&b), wanted) : !good && b.n == 0;
	if (!same)
		fprintf(stderr, "%s -> %.*s\n", text, (int)b.n, b.p ? b.p : "");
	buf_free(&b);
	return same;
}

static void
test_parse(void)
{
	CHECK(parses("12.50", "12.50") && parses("-12", "-12") && parses("+7", "7"));
	CHECK(parses("007.10", "7.10") && parses("0", "0") && parses("000", "0"));
	CHECK(parses("-0.00", "0.00") && parses(".5", "0.5") && parses("5.", "5"));
	CHECK(parses("-2E-18", "-0.000000000000000002") && parses("1e3", "1000"));
	CHECK(parses("1.25e1", "12.5") && parses("1.25E+2", "125") && parses("1.2e5", "120000"));
	CHECK(parses("0.001e2", "0.1") && parses("123e-2", "1.23") && parses("100e-2", "1.00"));
	CHECK(parses("123456789012345678901234567890.12", "123456789012345678901234567890.12"));
	CHECK(parses("", NULL) && parses("-", NULL) && parses(".", NULL) && parses("e5", NULL));
	CHECK(parses("1e", NULL) && parses("1e+", NULL) && parses("1.2.3", NULL) &&
	      parses("1 ", NULL));
	CHECK(parses("0x10", NULL) && parses("1e99999999999999999999", NULL) &&
	      parses("1e1001", NULL));
	CHECK(parses("--1", NULL) && parses("nan", NULL) && parses("1,000", NULL));
}

static bool
rescales(const char *text, unsigned scale, enum decimal_round round, const char *wanted, bool lost)
{
	struct buf b = {0};
	bool changed = false;
	bool good = decimal_rescale(slice_of(text), scale, round, &b, &changed);
	bool same =
	    wanted ? good && slice_is(buf_slice(&b), wanted) && changed == lost : !good && !b.n;
	if (!same)
		fprintf(stderr, "%s scale %u -> %.*s\n", text, scale, (int)b.n, b.p ? b.p : "");
	buf_free(&b);
	return same;
}

static void
test_rescale(void)
{
	CHECK(rescales("12.5", 2, ROUND_NONE, "12.50", false));
	CHECK(rescales("12.500", 1, ROUND_NONE, "12.5", false));
	CHECK(rescales("12.51", 1, ROUND_NONE, NULL, false));
	CHECK(rescales("12.35", 1, ROUND_HALF_UP, "12.4", true));
	CHECK(rescales("-12.35", 1, ROUND_HALF_UP, "-12.4", true));
	CHECK(rescales("12.35", 1, ROUND_HALF_DOWN, "12.3", true));
	CHECK(rescales("12.351", 1, ROUND_HALF_DOWN, "12.4", true));
	CHECK(rescales("12.45", 1, ROUND_HALF_EVEN, "12.4", true));
	CHECK(rescales("12.55", 1, ROUND_HALF_EVEN, "12.6", true));
	CHECK(rescales("2.5", 0, ROUND_HALF_EVEN, "2", true) &&
	      rescales("0.5", 0, ROUND_HALF_EVEN, "0", true));
	CHECK(rescales("9.99", 1, ROUND_HALF_UP, "10.0", true) &&
	      rescales("-9.99", 1, ROUND_HALF_UP, "-10.0", true));
	CHECK(
	    rescales("0.99", 0, ROUND_UP, "1", true) && rescales("-0.01", 0, ROUND_UP, "-1", true));
	CHECK(rescales("-0.01", 1, ROUND_FLOOR, "-0.1", true) &&
	      rescales("-0.01", 1, ROUND_CEILING, "0.0", true));
	CHECK(rescales("0.01", 1, ROUND_CEILING, "0.1", true) &&
	      rescales("0.01", 1, ROUND_FLOOR, "0.0", true));
	CHECK(rescales("-0.4", 0, ROUND_HALF_UP, "0", true) &&
	      rescales("99.9", 0, ROUND_DOWN, "99", true));
}

static bool
shifts(const char *text, int places, const char *wanted)
{
	struct buf b = {0};
	bool same = decimal_shift(slice_of(text), places, &b) && slice_is(buf_slice(&b), wanted);
	if (!same)
		fprintf(stderr, "%s shift %d -> %.*s\n", text, places, (int)b.n, b.p ? b.p : "");
	buf_free(&b);
	return same;
}

static void
test_shift(void)
{
	CHECK(shifts("1234567", -6, "1.234567") && shifts("-1", -6, "-0.000001") &&
	      shifts("0", -6, "0.000000"));
	CHECK(shifts("12.3", -2, "0.123") && shifts("1.5", 1, "15") && shifts("1.5", 3, "1500"));
	CHECK(shifts("1000000", -6, "1.000000") && shifts("0.05", 2, "5"));
}

static void
test_compare(void)
{
	static const char *const ascending[] = {"-100", "-10.01", "-10", "-0.5", "0", "0.05", "0.5",
	    "1", "1.0001", "9.99", "10", "123456789012345678901"};
	size_t n = sizeof ascending / sizeof ascending[0];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int order = decimal_compare(slice_of(ascending[i]), slice_of(ascending[j]));
			CHECK((order > 0) - (order < 0) == (i > j) - (i < j));
		}
	CHECK(decimal_compare(SLICE("1.0"), SLICE("1.00")) == 0);
	CHECK(decimal_compare(SLICE("-0"), SLICE("0.0")) == 0);
}

static void
test_integer(void)
{
	int64_t i;
	uint64_t u;
	bool huge;
	CHECK(decimal_to_integer(SLICE("18446744073709551615"), &i, &u, &huge) && huge &&
	      u == UINT64_MAX);
	CHECK(!decimal_to_integer(SLICE("18446744073709551616"), &i, &u, &huge));
	CHECK(decimal_to_integer(SLICE("-9223372036854775808"), &i, &u, &huge) && !huge &&
	      i == INT64_MIN);
	CHECK(!decimal_to_integer(SLICE("-9223372036854775809"), &i, &u, &huge));
	CHECK(decimal_to_integer(SLICE("42.000"), &i, &u, &huge) && i == 42);
	CHECK(!decimal_to_integer(SLICE("42.001"), &i, &u, &huge));
	CHECK(!decimal_to_integer(SLICE("99999999999999999999"), &i, &u, &huge));
	enum decimal_round round;
	CHECK(decimal_round_named(SLICE("half-even"), &round) && round == ROUND_HALF_EVEN);
	CHECK(!decimal_round_named(SLICE("bankers"), &round));
}

int
main(void)
{
	test_parse();
	test_rescale();
	test_shift();
	test_compare();
	test_integer();
	return unit_done("decimal");
}
