/* SPDX-License-Identifier: MIT */
/* Shortest texts against the C library: they read back, and no text with a digit less does. */
#include <math.h>
#include <stdlib.h>

#include "common/text/float_text.h"
#include "tests/unit/unit.h"

static const char *
text_of(double f)
{
	static char out[FLOAT_TEXT_MAX + 1];
	out[float_text(f, out)] = '\0';
	return out;
}

static void
test_known(void)
{
	static const struct {
		double f;
		const char *text;
	} cases[] = {
	    {0.0, "0.0"},
	    {-0.0, "-0.0"},
	    {1.0, "1.0"},
	    {-1.5, "-1.5"},
	    {0.1, "0.1"},
	    {12.34, "12.34"},
	    {1e22, "1e22"},
	    {1e23, "1e23"},
	    {5e-324, "5e-324"},
	    {1.7976931348623157e308, "1.7976931348623157e308"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {9007199254740993.0, "9007199254740992.0"},
	    {123456789012345680.0, "1.2345678901234568e17"},
	    {1234567890123456.0, "1234567890123456.0"},
	    {0.00001, "0.00001"},
	    {0.000001, "1e-6"},
	    {2.2250738585072014e-308, "2.2250738585072014e-308"},
	    {0.034482758620689655, "0.034482758620689655"},
	    {100.0, "100.0"},
	    {2251799813685249.5, "2251799813685249.5"},
	    {2.5e-9, "2.5e-9"},
	    {9.5367431640625e-07, "9.5367431640625e-7"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CHECK(strcmp(text_of(cases[i].f), cases[i].text) == 0);
		if (strcmp(text_of(cases[i].f), cases[i].text) != 0)
			fprintf(stderr, "%s instead of %s\n", text_of(cases[i].f), cases[i].text);
	}
}

static uint64_t
next_random(void)
{
	static uint64_t x = 88172645463325252u;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Significant digits of the shortest text that the C library reads back as f, and that text. */
static int
library_digits(double f, char *text, size_t n)
{
	for (int digits = 1; digits < 17; digits++) {
		snprintf(text, n, "%.*e", digits - 1, f);
		if (strtod(text, NULL) == f)
			return digits;
	}
	snprintf(text, n, "%.16e", f);
	return 17;
}

static void
check_shortest(double f)
{
	uint64_t digits;
	int exponent;
	float_shortest(f, &digits, &exponent);
	char ours[64], theirs[64];
	snprintf(ours, sizeof ours, "%llue%d", (unsigned long long)digits, exponent);
	int n = library_digits(f, theirs, sizeof theirs);
	CHECK(strtod(ours, NULL) == f);
	int mine = snprintf(NULL, 0, "%llu", (unsigned long long)digits);
	CHECK(mine == n);
	char same[64];
	snprintf(same, sizeof same, "%.*e", n - 1, strtod(ours, NULL));
	CHECK(strcmp(same, theirs) == 0);
	double back;
	CHECK(float_is_decimal(false, digits, exponent, &back) && back == f);
	CHECK(strtod(text_of(f), NULL) == f);
	if (strtod(ours, NULL) != f || mine != n)
		fprintf(stderr, "%.17g: %s (%d digits, not %d)\n", f, ours, mine, n);
}

static void
test_random(void)
{
	for (int i = 0; i < 20000; i += unit_every()) {
		double f = (double)(next_random() >> 11) / 9007199254740992.0;
		check_shortest(f > 0 ? f : 0.5);
		check_shortest(f * 1e4 + 1e-3);
		check_shortest((double)(next_random() % 100000000) / 100);
		check_shortest(
		    (double)(next_random() % 1000) / (double)(1 + next_random() % 1000) + 1e-9);
		uint64_t bits = next_random() & 0x7fffffffffffffffu;
		memcpy(&f, &bits, sizeof f);
		if (i % 10 == 0 && isfinite(f) && f > 0)
			check_shortest(f);
	}
	for (int e = -1074; e < 1024; e++) {
		check_shortest(ldexp(1.0, e));
		check_shortest(
		    nextafter(ldexp(1.0, e), 0.0) > 0 ? nextafter(ldexp(1.0, e), 0.0) : 1.0);
	}
}

/* A decimal may be a float exactly when reading and writing it by the C library gives it back. */
static void
test_decimals(void)
{
	for (int i = 0; i < 100000; i += unit_every()) {
		uint64_t digits = next_random() % 100000000000000000u;
		if (i % 3 == 0)
			digits = digits / 10 + 1;
		if (digits % 10 == 0)
			digits++;
		int exponent = (int)(next_random() % 40) - 30;
		char text[64], theirs[64];
		snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
		double near = strtod(text, NULL);
		library_digits(near, theirs, sizeof theirs);
		int length = snprintf(NULL, 0, "%llu", (unsigned long long)digits);
		char mine[24];
		snprintf(mine, sizeof mine, "%llu", (unsigned long long)digits);
		char wide[80];
		snprintf(wide, sizeof wide, "%c%s%se%+03d", mine[0], length > 1 ? "." : "",
		    mine + 1, exponent + length - 1);
		bool same = strcmp(wide, theirs) == 0;
		double f = -1;
		bool carried = float_is_decimal(false, digits, exponent, &f);
		CHECK(carried == same);
		CHECK(!carried || f == near);
		if (carried != same)
			fprintf(stderr, "%s: theirs %s\n", wide, theirs);
	}
	double f = 7;
	CHECK(!float_is_decimal(false, 10000000000000001u, -17, &f) && f == 7);
	CHECK(!float_is_decimal(false, 1, 400, &f) && !float_is_decimal(false, 1, -400, &f));
	CHECK(!float_is_decimal(false, 1, 309, &f) && !float_is_decimal(false, 49, -325, &f) &&
	      f == 7);
	CHECK(float_is_decimal(true, 0, 0, &f) && signbit(f) && f == 0);
	CHECK(float_is_decimal(false, 5, -324, &f) && f > 0);
}

static void
test_integers(void)
{
	char text[24], theirs[24];
	uint64_t u = 1;
	for (int i = 0; i < 64; i++, u *= 2) {
		*uint_text(text, u - 1) = '\0';
		snprintf(theirs, sizeof theirs, "%llu", (unsigned long long)(u - 1));
		CHECK(strcmp(text, theirs) == 0);
	}
	*uint_text(text, UINT64_MAX) = '\0';
	CHECK(strcmp(text, "18446744073709551615") == 0);
}

int
main(void)
{
	test_known();
	test_random();
	test_decimals();
	test_integers();
	return unit_done("float_text");
}
