/* SPDX-License-Identifier: MIT */
#include "common/text/exact_sum.h"
#include "tests/unit/unit.h"

static const char *
text_of(struct exact_sum *s)
{
	static struct buf b;
	buf_reset(&b);
	exact_sum_put(s, &b);
	buf_put_byte(&b, '\0');
	return b.p;
}

static bool
gives(const char *const *numbers, const char *wanted)
{
	struct exact_sum s = {0};
	for (; *numbers; numbers++)
		if (!exact_sum_add(&s, slice_of(*numbers)))
			return false;
	bool right = strcmp(text_of(&s), wanted) == 0 && strcmp(text_of(&s), wanted) == 0;
	exact_sum_free(&s);
	return right;
}

#define NUMBERS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
test_sums(void)
{
	struct exact_sum zero = {0};
	CHECK(strcmp(text_of(&zero), "0") == 0);
	CHECK(gives(NUMBERS("0.1", "0.2"), "0.3"));
	CHECK(gives(NUMBERS("0.10", "0.2"), "0.30"));
	CHECK(gives(NUMBERS("1", "-1"), "0"));
	CHECK(gives(NUMBERS("1.00", "-1"), "0.00"));
	CHECK(gives(NUMBERS("-0.5", "0.25"), "-0.25"));
	CHECK(gives(NUMBERS("-0.000"), "0.000"));
	CHECK(gives(NUMBERS("999999999", "1"), "1000000000"));
	CHECK(gives(NUMBERS("999999999999999999999999999.999999999999", "0.000000000001"),
	    "1000000000000000000000000000.000000000000"));
	CHECK(gives(NUMBERS("-1000000000000000000000000000", "0.000000000000000001"),
	    "-999999999999999999999999999.999999999999999999"));
	CHECK(gives(NUMBERS("0.0000000001", "123456789012345678901234567890"),
	    "123456789012345678901234567890.0000000001"));
	CHECK(gives(NUMBERS("000000000000000000012.5"), "12.5"));
	CHECK(gives(NUMBERS("100", "0.000000000000000000000000000001", "-100"),
	    "0.000000000000000000000000000001"));
}

static void
test_integers(void)
{
	struct exact_sum s = {0}, other = {0};
	for (int i = 0; i < 1000; i++)
		CHECK(exact_sum_add_integer(&s, UINT64_MAX, false));
	CHECK(strcmp(text_of(&s), "18446744073709551615000") == 0);
	CHECK(exact_sum_sign(&s) > 0);
	CHECK(exact_sum_add_sum(&other, &s, true));
	CHECK(exact_sum_sign(&other) < 0);
	CHECK(strcmp(text_of(&other), "-18446744073709551615000") == 0);
	CHECK(exact_sum_add_sum(&other, &s, false));
	CHECK(exact_sum_sign(&other) == 0);
	CHECK(exact_sum_add(&other, SLICE("-7.25")) && strcmp(text_of(&other), "-7.25") == 0);
	exact_sum_reset(&other);
	CHECK(exact_sum_sign(&other) == 0 && strcmp(text_of(&other), "0") == 0);
	CHECK(exact_sum_add_sum(&other, &other, false));
	exact_sum_free(&s);
	exact_sum_free(&other);
}

/* Many additions: limbs are carried before they are full. */
static void
test_many(void)
{
	struct exact_sum s = {0};
	for (int i = 0; i < 3000000; i++)
		exact_sum_add(&s, SLICE("-999999999.999999999"));
	CHECK(strcmp(text_of(&s), "-2999999999999999.997000000") == 0);
	s.added = UINT32_MAX - 1;
	CHECK(exact_sum_add(&s, SLICE("0.997")) && s.added < 2);
	CHECK(strcmp(text_of(&s), "-2999999999999999.000000000") == 0);
	exact_sum_free(&s);
}

static void
test_limits(void)
{
	static char digits[EXACT_SUM_DIGITS + 2];
	struct exact_sum s = {0};
	memset(digits, '9', sizeof digits);
	CHECK(exact_sum_add(&s, (struct slice){digits, EXACT_SUM_DIGITS}));
	CHECK(strlen(text_of(&s)) == EXACT_SUM_DIGITS);
	CHECK(!exact_sum_add(&s, (struct slice){digits, EXACT_SUM_DIGITS + 1}));
	CHECK(exact_sum_add(&s, SLICE("1")));
	const char *text = text_of(&s);
	CHECK(strlen(text) == EXACT_SUM_DIGITS + 1 && text[0] == '1' &&
	      strspn(text + 1, "0") == EXACT_SUM_DIGITS);
	exact_sum_free(&s);
}

int
main(void)
{
	test_sums();
	test_integers();
	test_many();
	test_limits();
	return unit_done("exact_sum");
}
