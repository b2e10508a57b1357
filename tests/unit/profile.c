/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/record/profile.h"
#include "common/text/hash.h"
#include "tests/unit/unit.h"

static struct profile p;
static struct distinct_budget budget;

static void
begin(void)
{
	profile_free(&p);
	budget.bytes = 32 * 1024 * 1024;
}

static void
add(struct value v)
{
	struct profile_look l = {.v = v};
	profile_look(&p, &l);
	profile_add(&p, &l, &budget);
}

#define INT(n) ((struct value){.type = VALUE_INT, .i = (n)})
#define HUGE_INT(n) ((struct value){.type = VALUE_INT, .huge = true, .u = (n)})
#define FLOAT(n) ((struct value){.type = VALUE_FLOAT, .f = (n)})
#define DECIMAL(text) ((struct value){.type = VALUE_DECIMAL, .s = SLICE(text)})
#define TEXT(text) ((struct value){.type = VALUE_TEXT, .s = SLICE(text)})
#define NIL ((struct value){.type = VALUE_NULL})

static uint64_t
different(void)
{
	bool exact;
	uint64_t n = distinct_count(&p.distinct, &exact);
	CHECK(exact);
	return n;
}

static bool
sum_is(const char *wanted)
{
	struct buf out = {0};
	bool good = decimal_sum_get(&p.sum, &out) && slice_is(buf_slice(&out), wanted);
	buf_free(&out);
	return good;
}

static void
test_numbers(void)
{
	begin();
	add(INT(1));
	add(DECIMAL("1.00"));
	add(FLOAT(1));
	add(DECIMAL("1.5"));
	add(FLOAT(1.5));
	add(DECIMAL("001.50"));
	CHECK(different() == 2 && sum_is("7.50"));
	CHECK(p.ranges[PROFILE_NUMBER]->least.v.type == VALUE_INT);
	CHECK(p.counts[VALUE_INT] == 1 && p.counts[VALUE_DECIMAL] == 3);
	CHECK(p.n_examples == 2);
	begin();
	add(HUGE_INT(UINT64_MAX));
	add(DECIMAL("18446744073709551615"));
	add(DECIMAL("18446744073709551615.0"));
	add(DECIMAL("18446744073709551615.1"));
	add(DECIMAL("-18446744073709551615.1"));
	add(DECIMAL("0018446744073709551615.10"));
	add(FLOAT(-1e300));
	CHECK(different() == 4);
	CHECK(slice_is(p.ranges[PROFILE_NUMBER]->greatest.v.s, "18446744073709551615.1"));
	CHECK(p.ranges[PROFILE_NUMBER]->least.v.type == VALUE_FLOAT);
	begin();
	add(FLOAT((double)NAN));
	add(FLOAT(-(double)NAN));
	add(FLOAT((double)INFINITY));
	add(FLOAT(0.1));
	add(FLOAT(0.2));
	CHECK(p.not_finite == 3 && different() == 4 && sum_is("0.3"));
	begin();
	add(FLOAT(0.0));
	add(FLOAT(-0.0));
	add(DECIMAL("-0.0"));
	add(INT(0));
	CHECK(different() == 1);
	begin();
	add(INT(INT64_MIN));
	add(DECIMAL("0.5"));
	add(DECIMAL("0.49999999999999999"));
	add(INT(INT64_MAX));
	CHECK(p.ranges[PROFILE_NUMBER]->least.v.i == INT64_MIN);
	CHECK(p.ranges[PROFILE_NUMBER]->greatest.v.i == INT64_MAX);
}

static void
test_texts(void)
{
	static char longest[3000];
	begin();
	add(TEXT("b"));
	add(TEXT(""));
	add(NIL);
	add(TEXT("\xe6\x97\xa5\xe6\x9c\xac"));
	add(TEXT("ab"));
	add(TEXT("b"));
	CHECK(different() == 4 && p.empty == 1 && p.longest_characters == 2);
	CHECK(p.longest_bytes == 6 && p.counts[VALUE_NULL] == 1 && p.counts[VALUE_TEXT] == 5);
	CHECK(slice_is(p.ranges[PROFILE_TEXT]->least.v.s, ""));
	CHECK(slice_is(p.ranges[PROFILE_TEXT]->greatest.v.s, "\xe6\x97\xa5\xe6\x9c\xac"));
	CHECK(p.n_examples == 3 && slice_is(p.examples[0].v.s, "b"));
	/* A long text is cut between two characters. */
	for (size_t i = 0; i + 3 <= sizeof longest; i += 3)
		memcpy(longest + i, "\xe6\x97\xa5", 3);
	begin();
	add((struct value){.type = VALUE_TEXT, .s = {longest, sizeof longest}});
	CHECK(p.examples[0].cut && p.examples[0].v.s.n == 1023);
	CHECK(p.longest_characters == 1000 && p.longest_bytes == 3000);
	/* One value of each type is another one. */
	begin();
	add(INT(5));
	add(TEXT("5"));
	add((struct value){.type = VALUE_BYTES, .s = SLICE("5")});
	add((struct value){.type = VALUE_DATE, .i = 5});
	add((struct value){.type = VALUE_DATETIME, .i = 5});
	add((struct value){.type = VALUE_TIMESTAMP, .at = {.seconds = 5}});
	add((struct value){.type = VALUE_BOOL, .b = true});
	CHECK(different() == 7 && p.ranges[PROFILE_NUMBER] && p.ranges[PROFILE_TEXT]);
}

/* The estimate against the truth, over four orders of magnitude. */
static void
test_estimates(void)
{
	struct distinct d = {0};
	bool exact;
	uint64_t n = 0;
	budget.bytes = 32 * 1024 * 1024;
	for (uint64_t next = 1000; next <= 3000000; next = next * 3 / 2) {
		for (; n < next; n++)
			for (int twice = 0; twice < 2; twice++)
				distinct_add(&d, hash64_seeded(&n, sizeof n, 7), &budget);
		uint64_t got = distinct_count(&d, &exact);
		CHECK(exact == (n <= DISTINCT_EXACT));
		double off = fabs((double)got / (double)n - 1);
		CHECK(exact ? got == n : off < 0.025);
	}
	CHECK(budget.bytes == 32 * 1024 * 1024);
	distinct_free(&d);
	/* Without a budget the estimate begins at once, and small numbers are right. */
	budget.bytes = 0;
	for (n = 0; n < 100; n++)
		distinct_add(&d, hash64_seeded(&n, sizeof n, 7), &budget);
	CHECK(distinct_count(&d, &exact) > 97 && distinct_count(&d, &exact) < 103 && !exact);
	distinct_free(&d);
	CHECK(distinct_count(&d, &exact) == 0 && exact);
}

int
main(void)
{
	test_numbers();
	test_texts();
	test_estimates();
	profile_free(&p);
	return unit_done("profile");
}
