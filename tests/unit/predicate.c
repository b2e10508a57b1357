/* SPDX-License-Identifier: MIT */
#include "common/record/predicate.h"
#include "common/record/mp.h"
#include "common/text/decimal.h"
#include "common/text/float_text.h"
#include "tests/unit/unit.h"

#include <float.h>
#include <math.h>

static struct predicate p;
static struct zone *zone;

static bool
ready(const char *text, bool invert)
{
	struct buf why = {0};
	p = (struct predicate){.zone = zone};
	bool good = predicate_add(&p, slice_of(text), false, &why);
	if (good)
		predicate_finish(&p, invert);
	buf_free(&why);
	return good;
}

/* Asks of a single field. */
static enum predicate_answer
ask(const char *text, struct value v)
{
	const struct predicate_test *at;
	CHECK(ready(text, false));
	v.raw = SLICE("x");
	enum predicate_answer answer = predicate_ask(&p, &v, &at);
	predicate_free(&p);
	return answer;
}

#define INT(n) ((struct value){.type = VALUE_INT, .i = (n)})
#define HUGE_INT(n) ((struct value){.type = VALUE_INT, .huge = true, .u = (n)})
#define FLOAT(n) ((struct value){.type = VALUE_FLOAT, .f = (n)})
#define DECIMAL(text) ((struct value){.type = VALUE_DECIMAL, .s = SLICE(text)})
#define TEXT(text) ((struct value){.type = VALUE_TEXT, .s = SLICE(text)})
#define BOOL(is) ((struct value){.type = VALUE_BOOL, .b = (is)})
#define NIL ((struct value){.type = VALUE_NULL})
#define YES(text, v) CHECK(ask(text, v) == PREDICATE_TRUE)
#define NOT(text, v) CHECK(ask(text, v) == PREDICATE_FALSE)
#define MISFIT(text, v) CHECK(ask(text, v) == PREDICATE_MISFIT)

static void
test_numbers(void)
{
	YES("x >= 100", INT(100));
	NOT("x > 100", INT(100));
	YES("x > 99.5", INT(100));
	NOT("x = 99.5", INT(99));
	NOT("x = 99.5", INT(100));
	YES("x != 99.5", INT(100));
	YES("x<99.5", INT(99));
	YES("x < -1.5", INT(-2));
	NOT("x < -1.5", INT(-1));
	YES("x=1e2", INT(100));
	YES("x = 9223372036854775807", INT(INT64_MAX));
	NOT("x > 9223372036854775807", INT(INT64_MAX));
	YES("x < 9223372036854775807.5", INT(INT64_MAX));
	YES("x = -9223372036854775808", INT(INT64_MIN));
	YES("x > -9223372036854775808.5", INT(INT64_MIN));
	YES("x > 9223372036854775807", HUGE_INT(1ull << 63));
	YES("x = 18446744073709551615", HUGE_INT(UINT64_MAX));
	NOT("x >= 18446744073709551616", HUGE_INT(UINT64_MAX));
	YES("x = 1.5", DECIMAL("1.50"));
	YES("x = 1.5", DECIMAL("001.5"));
	YES("x < 0.1", DECIMAL("0.09999999999999999999999999"));
	YES("x > 0.1", DECIMAL("0.10000000000000000000000001"));
	YES("x > -5", DECIMAL("-4.99"));
	YES("x = 0", DECIMAL("-0.00"));
	YES("x < 1e300", DECIMAL("999999999999999999"));
	YES("x > -1e300", DECIMAL("-999999999999999999"));
	YES("x > 1e-300", DECIMAL("0.0000000000000001"));
	YES("x = 123456789012345678901234567890", DECIMAL("123456789012345678901234567890"));
	/* A float is its shortest text. */
	YES("x = 0.1", FLOAT(0.1));
	NOT("x > 0.1", FLOAT(0.1));
	YES("x < 0.10000000000000000001", FLOAT(0.1));
	YES("x > 0.09999999999999999999", FLOAT(0.1));
	YES("x = 1e22", FLOAT(1e22));
	YES("x = 0", FLOAT(-0.0));
	YES("x < 1e400", FLOAT(DBL_MAX));
	YES("x > 1e400", FLOAT((double)INFINITY));
	YES("x < -1e400", FLOAT(-(double)INFINITY));
	YES("x > 1e-400", FLOAT(DBL_TRUE_MIN));
	NOT("x > 1e-400", FLOAT(0.0));
	NOT("x = 1", FLOAT((double)NAN));
	NOT("x != 1", FLOAT((double)NAN));
	NOT("x in (1, 2)", FLOAT((double)NAN));
	NOT("not x between 1 and 2", FLOAT((double)NAN));
	MISFIT("x > 5", TEXT("6"));
	MISFIT("x = 5", TEXT("5"));
	MISFIT("x = a", INT(5));
	YES("x = \"5\"", INT(5));
	YES("x = \"5\"", TEXT("5"));
}

/* Every comparison of the fast ways against decimal_compare. */
static void
test_against_decimals(void)
{
	static const char *const literals[] = {"0", "-1", "1", "0.5", "12.34", "12.340", "-12.35",
	    "1e3", "99999999999999999.9", "999999999999999999", "1000000000000000000", "1e-5",
	    "9223372036854775807", "9223372036854775808"};
	static const char *const values[] = {"0", "-0.0", "1", "0.49", "0.5", "0.50", "0.51",
	    "12.33", "12.34", "12.35", "-12.35", "-12.350000", "-12.36", "1000", "1000.000001",
	    "999.99", "0.00001", "0.000011", "99999999999999999.9", "9999999999999999.99",
	    "999999999999999999", "-999999999999999999", "9223372036854775807.5"};
	for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
		for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
			struct buf digits = {0};
			char less[64], equal[64];
			CHECK(decimal_parse(slice_of(literals[i]), &digits));
			int order = decimal_compare(slice_of(values[k]), buf_slice(&digits));
			snprintf(less, sizeof less, "x < %s", literals[i]);
			snprintf(equal, sizeof equal, "x = %s", literals[i]);
			struct value v = {.type = VALUE_DECIMAL, .s = slice_of(values[k])};
			CHECK((ask(less, v) == PREDICATE_TRUE) == (order < 0));
			CHECK((ask(equal, v) == PREDICATE_TRUE) == (order == 0));
			buf_free(&digits);
		}
}

static void
test_texts(void)
{
	YES("x = PC", TEXT("PC"));
	NOT("x = pc", TEXT("PC"));
	YES("x=a=b", TEXT("a=b"));
	YES("x = \"say \"\"hi\"\"\"", TEXT("say \"hi\""));
	YES("x = 'it''s'", TEXT("it's"));
	YES("x > \"a\"", TEXT("ab"));
	YES("x ~ ran", TEXT("brand"));
	YES("x ~ \"\"", TEXT(""));
	NOT("x ~ brand", TEXT("bran"));
	YES("x ~ aab", TEXT("aaab"));
	YES("x !~ x", TEXT("abc"));
	YES("x ~ 5", TEXT("a5"));
	YES("x starts with ab", TEXT("abc"));
	NOT("x starts with abcd", TEXT("abc"));
	YES("x NOT ends WITH b", TEXT("abc"));
	YES("x ends with \"bc\"", TEXT("abc"));
	YES("x in (a, \"b c\", 'd')", TEXT("b c"));
	YES("x not in (a, b)", TEXT("c"));
	MISFIT("x ~ a", INT(5));
	MISFIT("x = true", TEXT("true"));
	MISFIT("x >= 2026-11-01", TEXT("2026-11-02"));
	YES("x >= \"2026-11-01\"", TEXT("2026-11-02"));
	YES("x = \xe3\x83\x96", TEXT("\xe3\x83\x96"));
}

static void
test_times(void)
{
	const int64_t day = 20758, second = 1000000, whole = 86400 * second; /* 2026-11-01 */
	const struct value date = {.type = VALUE_DATE, .i = day};
	const struct value midnight = {.type = VALUE_DATETIME, .i = day * whole};
	const struct value evening = {.type = VALUE_DATETIME, .i = (day + 1) * whole - 1};
	const struct value instant = {
	    .type = VALUE_TIMESTAMP, .at = {.seconds = day * 86400 - 1, .nanoseconds = 999999999}};
	YES("x = 2026-11-01", date);
	YES("x < 2026-11-02", date);
	NOT("x > 2026-11-01", date);
	MISFIT("x = 2026-11-01T00:00:00", date);
	MISFIT("x = 2026-11-01", INT(5));
	YES("x between 2026-10-31 and 2026-11-01", date);
	NOT("x not between 2026-10-31 and 2026-11-01", date);
	/* A date is its whole day. */
	YES("x = 2026-11-01", midnight);
	YES("x = 2026-11-01", evening);
	YES("x <= 2026-11-01", evening);
	NOT("x > 2026-11-01", evening);
	YES("x >= 2026-11-01T23:59:59.999999", evening);
	YES("x < 2026-11-01T23:59:59.9999995", evening);
	NOT("x = 2026-11-01T23:59:59.9999995", evening);
	MISFIT("x = 2026-11-01T00:00:00Z", midnight);
	MISFIT("x = 2026-11-01", instant);
	YES("x < 2026-11-01T00:00:00Z", instant);
	YES("x = 2026-11-01T08:59:59.999999999+09:00", instant);
	YES("x > 2026-10-31T23:59:59.999999998Z", instant);
	zone = zone_fixed(SLICE("+09:00"));
	YES("x = 2026-11-01", instant);
	YES("x < 2026-11-01T09:00:00", instant);
	NOT("x < 2026-11-01", instant);
	zone_free(zone);
	zone = NULL;
}

static void
test_nothing(void)
{
	struct value missing = {.type = VALUE_NULL};
	const struct predicate_test *at;
	YES("x is null", NIL);
	NOT("x is not null", NIL);
	NOT("x is missing", NIL);
	YES("x is not missing", NIL);
	NOT("x = 5", NIL);
	NOT("x != 5", NIL);
	NOT("not x = 5", NIL);
	NOT("not (x = 5 or x > 7)", NIL);
	NOT("x not in (1)", NIL);
	NOT("x !~ a", NIL);
	YES("not (x = 5 and x is not null)", NIL);
	CHECK(ready("x is missing", false) && predicate_ask(&p, &missing, &at) == PREDICATE_TRUE);
	predicate_free(&p);
	CHECK(ready("x is null", false) && predicate_ask(&p, &missing, &at) == PREDICATE_TRUE);
	predicate_free(&p);
	/* --invert is the rest, those with null included. */
	CHECK(ready("x = 5", true) && predicate_ask(&p, &missing, &at) == PREDICATE_TRUE);
	predicate_free(&p);
	YES("x", TEXT("a"));
	NOT("x", TEXT(""));
	NOT("x", DECIMAL("-0.00"));
	YES("x", DECIMAL("0.01"));
	NOT("not x", INT(1));
	YES("not x", NIL);
	YES("x = true", BOOL(true));
	YES("x != FALSE", BOOL(true));
	MISFIT("x > false", BOOL(true));
}

static void
test_joins(void)
{
	/* All texts over a, b, c against their truth tables. */
	static const struct {
		const char *text;
		unsigned holds; /* bit (a + 2b + 4c) */
	} rows[] = {{"a = 1 and b = 1 and c = 1", 0x80}, {"a = 1 or b = 1 or c = 1", 0xfe},
	    {"a = 1 or b = 1 and c = 1", 0xea}, {"(a = 1 or b = 1) and c = 1", 0xe0},
	    {"not a = 1 and b = 1", 0x44}, {"not (a = 1 and b = 1)", 0x77},
	    {"not (a = 1 or not (b = 1 and c = 1))", 0x40}, {"not not a = 1", 0xaa},
	    {"((a=1)) or not((b=1)or(c=1))", 0xab}, {"a and not b or c", 0xf2}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (unsigned bits = 0; bits < 8; bits++)
			for (int invert = 0; invert < 2; invert++) {
				struct value v[3];
				const struct predicate_test *at;
				CHECK(ready(rows[i].text, invert));
				for (size_t f = 0; f < p.n_fields; f++) {
					v[f] = INT(bits >> (p.fields[f].name.p[0] - 'a') & 1);
					v[f].raw = SLICE("x");
				}
				bool good = predicate_ask(&p, v, &at) == PREDICATE_TRUE;
				CHECK(good == ((rows[i].holds >> bits & 1) != (unsigned)invert));
				predicate_free(&p);
			}
}

static void
test_faults(void)
{
	static const char *const bad[] = {"", " ", "=", "x =", "x ==", "x = = 5", "x ! 5",
	    "x = 5 6", "x = 5 and", "and", "x in", "x in ()", "x in (1", "x in (1 2)", "x in (1,)",
	    "x between 1", "x between 1 and", "x is", "x is 5", "x not 5", "x not = 5", "(x = 5",
	    "x = 5)", "x = \"5", "x starts a", "x = null", "x = 2026-13-01", "x = 2026-02-30",
	    "x = 2026-11-01T25:00:00", "not", "x y", "x = (5)", "'x = 5"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!ready(bad[i], false));
		predicate_free(&p);
	}
	char deep[400] = "";
	memset(deep, '(', 200);
	strcpy(deep + 200, "x");
	CHECK(!ready(deep, false));
	predicate_free(&p);
	CHECK(ready("\"a.b\" = 5 and a.b = 6 and \xe8\xb2\xbb\xe7\x94\xa8>5", false));
	CHECK(p.n_fields == 3 && p.fields[0].whole && !p.fields[1].whole);
	predicate_free(&p);
}

/* day is a range of dates, account an int, t a range of decimals. */
static enum predicate_answer
ask_window(const char *text, bool invert)
{
	struct buf b = {0};
	struct record window = {0};
	mp_buf_map(&b, 3);
	mp_buf_str(&b, SLICE("day"));
	mp_buf_array(&b, 2);
	value_put_date(&b, 20758); /* 2026-11-01 */
	value_put_date(&b, 20765);
	mp_buf_str(&b, SLICE("account"));
	mp_buf_int(&b, 7);
	mp_buf_str(&b, SLICE("t"));
	mp_buf_array(&b, 2);
	value_put_decimal(&b, SLICE("1"));
	value_put_decimal(&b, SLICE("2"));
	CHECK(record_read(&window, NULL, buf_slice(&b), true));
	CHECK(ready(text, invert));
	enum value_type types[8] = {VALUE_NULL};
	enum predicate_answer answer = predicate_ask_window(&p, &window, types);
	predicate_free(&p);
	record_free(&window);
	buf_free(&b);
	return answer;
}

#define WHOLE(text) CHECK(ask_window(text, false) == PREDICATE_TRUE)
#define NONE(text) CHECK(ask_window(text, false) == PREDICATE_FALSE)
#define SOME(text) CHECK(ask_window(text, false) == PREDICATE_MISFIT)

static void
test_windows(void)
{
	WHOLE("day >= 2026-11-01");
	WHOLE("day <= 2026-11-07");
	WHOLE("day < 2026-11-08");
	WHOLE("day between 2026-11-01 and 2026-11-07");
	WHOLE("day != 2026-11-08");
	WHOLE("day is not null");
	NONE("day >= 2026-11-08");
	NONE("day > 2026-11-07");
	NONE("day = 2026-11-08");
	SOME("day > 2026-11-01");
	SOME("day < 2026-11-07");
	SOME("day = 2026-11-01");
	SOME("day not in (2026-11-03, 2026-12-01)");
	WHOLE("day not in (2026-12-03, 2026-12-01)");
	WHOLE("account = 7");
	WHOLE("account in (6, 7)");
	NONE("account = 8");
	SOME("clicks > 5");
	WHOLE("clicks > 5 or account = 7");
	NONE("clicks > 5 and account = 8");
	SOME("clicks > 5 and account = 7");
	WHOLE("t < 2");
	WHOLE("t >= 1");
	SOME("t > 1");
	NONE("t >= 2");
	SOME("t <= 1");
	SOME("account = \"7\"");
	WHOLE("not account = 8");
	NONE("not (account = 7 or clicks)");
	CHECK(ask_window("account = 8", true) == PREDICATE_TRUE);
	CHECK(ask_window("account = 7", true) == PREDICATE_FALSE);
	CHECK(ask_window("clicks = 7", true) == PREDICATE_MISFIT);
}

int
main(void)
{
	test_numbers();
	test_against_decimals();
	test_texts();
	test_times();
	test_nothing();
	test_joins();
	test_faults();
	test_windows();
	return unit_done("predicate");
}
