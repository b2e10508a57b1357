/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/record/key_sort.h"
#include "common/record/order.h"
#include "tests/unit/unit.h"

static uint64_t seed = 20261127;

static uint64_t
random_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static struct slice
bytes_of(const struct value *v, unsigned flags)
{
	static struct buf b[2];
	static int turn;
	turn = !turn;
	buf_reset(&b[turn]);
	order_put(&b[turn], v, flags);
	return buf_slice(&b[turn]);
}

static int
sign(int i)
{
	return (i > 0) - (i < 0);
}

/* The order of the bytes, which also must not begin each other. */
static int
order(const struct value *a, const struct value *b, unsigned flags)
{
	struct slice x = bytes_of(a, flags), y = bytes_of(b, flags);
	size_t n = x.n < y.n ? x.n : y.n;
	if (x.n != y.n && memcmp(x.p, y.p, n) == 0)
		return 99;
	return sign(slice_compare(x, y));
}

static struct value
decimal(const char *text)
{
	return (struct value){.type = VALUE_DECIMAL, .s = slice_of(text)};
}

static struct value
number_int(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

static struct value
number_float(double f)
{
	return (struct value){.type = VALUE_FLOAT, .f = f};
}

static struct value
text(struct slice s)
{
	return (struct value){.type = VALUE_TEXT, .s = s};
}

static void
test_ladder(void)
{
	struct value ladder[] = {
	    number_float(-INFINITY),
	    number_float(-1.7976931348623157e308),
	    decimal(
		"-100000000000000000000000000000000000000000000000000000000000000000000000000000"),
	    decimal("-184467440737095516160"),
	    decimal("-18446744073709551616"),
	    decimal("-18446744073709551615.5"),
	    decimal("-18446744073709551615"),
	    number_int(INT64_MIN),
	    number_int(-65536),
	    number_int(-257),
	    number_int(-256),
	    number_int(-255),
	    decimal("-2.11"),
	    decimal("-2.1"),
	    decimal("-2.01"),
	    decimal("-2.001"),
	    number_int(-2),
	    decimal("-0.2"),
	    decimal("-0.0001"),
	    number_float(-5e-324),
	    number_int(0),
	    number_float(5e-324),
	    decimal(
		"0."
		"0000000000000000000000000000000000000000000000000000000000000000000000000000001"),
	    decimal("0.00100"),
	    decimal("0.001001"),
	    decimal("0.01"),
	    decimal("0.09"),
	    number_float(0.1),
	    decimal("0.10000000000000000555"),
	    decimal("0.99"),
	    decimal("0.9901"),
	    decimal("0.999"),
	    number_int(1),
	    decimal("1.0000001"),
	    number_int(255),
	    number_int(256),
	    number_int(INT64_MAX),
	    {.type = VALUE_INT, .huge = true, .u = UINT64_MAX - 1},
	    {.type = VALUE_INT, .huge = true, .u = UINT64_MAX},
	    decimal("18446744073709551615.01"),
	    decimal("18446744073709551616"),
	    decimal("18446744073709551616.5"),
	    decimal("99999999999999999999"),
	    decimal("100000000000000000000"),
	    decimal("184467440737095516150"),
	    number_float(1e300),
	    number_float(INFINITY),
	    number_float((double)NAN),
	};
	size_t n = sizeof ladder / sizeof ladder[0];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int wanted = sign((int)i - (int)k);
			CHECK(order(&ladder[i], &ladder[k], 0) == wanted);
			CHECK(order(&ladder[i], &ladder[k], ORDER_DESCENDING) == -wanted);
			if (i < n - 1 && k < n - 1)
				CHECK(sign(order_compare(&ladder[i], &ladder[k])) == wanted);
		}
}

static void
test_equal(void)
{
	struct value one[] = {
	    number_int(1), decimal("1"), decimal("1.00"), decimal("0001.0"), number_float(1)};
	struct value zero[] = {
	    number_int(0), decimal("-0"), decimal("0.000"), decimal("-00.0"), number_float(-0.0)};
	struct value part[] = {decimal("0.1"), decimal("0.1000"), number_float(0.1)};
	struct value big[] = {{.type = VALUE_INT, .huge = true, .u = UINT64_MAX},
	    decimal("18446744073709551615"), decimal("018446744073709551615.0")};
	for (int i = 0; i < 5; i++) {
		CHECK(order(&one[0], &one[i], 0) == 0);
		CHECK(order(&zero[0], &zero[i], 0) == 0);
		CHECK(order(&part[0], &part[i % 3], 0) == 0);
		CHECK(order(&big[0], &big[i % 3], ORDER_DESCENDING) == 0);
	}
}

/* Numbers of few digits, so that many are near or equal. */
static struct value
random_value(char *room, size_t size)
{
	uint64_t r = random_number();
	int64_t i = (int64_t)(random_number() % 80) - 40;
	switch (r % 4) {
	case 0:
		return number_int(r & 16 ? i : (int64_t)random_number());
	case 1:
		return number_float((double)i / (double)(1 << r / 8 % 12));
	case 2:
		snprintf(room, size, "%s%d.%0*d", i < 0 ? "-" : "", (int)(r / 8 % 12),
		    (int)(r / 128 % 5) + 1, (int)labs((long)i));
		return decimal(room);
	default:
		snprintf(room, size, "%lld%0*d", (long long)i, (int)(r / 8 % 25) + 1,
		    (int)(r / 1024 % 10));
		return decimal(room);
	}
}

static void
test_random_numbers(void)
{
	unsigned wrong = 0, equal = 0;
	for (int i = 0; i < 200000; i++) {
		char rooms[2][80];
		struct value a = random_value(rooms[0], sizeof rooms[0]);
		struct value b = random_value(rooms[1], sizeof rooms[1]);
		int wanted = sign(order_compare(&a, &b));
		equal += wanted == 0;
		wrong += order(&a, &b, 0) != wanted || order(&a, &b, ORDER_DESCENDING) != -wanted;
	}
	CHECK(wrong == 0);
	CHECK(equal > 100);
}

static void
test_others(void)
{
	struct value texts[] = {text(SLICE("")), text(SLICE("\0")), text(SLICE("\0\0")),
	    text(SLICE("\0\1")), text(SLICE("\1")), text(SLICE("\1\1")), text(SLICE("\2")),
	    text(SLICE("a")), text(SLICE("a\0")), text(SLICE("a\0b")), text(SLICE("aa")),
	    text(SLICE("b")), text(SLICE("\xe3\x81\x82")), text(SLICE("\xff"))};
	size_t n = sizeof texts / sizeof texts[0];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			CHECK(order(&texts[i], &texts[k], 0) == sign((int)i - (int)k));
			CHECK(
			    order(&texts[i], &texts[k], ORDER_DESCENDING) == sign((int)k - (int)i));
		}
	struct value days[] = {{.type = VALUE_DATE, .i = INT32_MIN}, {.type = VALUE_DATE, .i = -1},
	    {.type = VALUE_DATE, .i = 0}, {.type = VALUE_DATE, .i = INT32_MAX}};
	struct value times[] = {{.type = VALUE_DATETIME, .i = INT64_MIN},
	    {.type = VALUE_DATETIME, .i = -1}, {.type = VALUE_DATETIME, .i = 0},
	    {.type = VALUE_DATETIME, .i = INT64_MAX}};
	struct value instants[] = {{.type = VALUE_TIMESTAMP, .at = {-5, 999999999}},
	    {.type = VALUE_TIMESTAMP, .at = {0, 0}}, {.type = VALUE_TIMESTAMP, .at = {0, 1}},
	    {.type = VALUE_TIMESTAMP, .at = {1, 0}}};
	for (int i = 0; i < 3; i++) {
		CHECK(order(&days[i], &days[i + 1], 0) == -1);
		CHECK(order(&times[i], &times[i + 1], 0) == -1);
		CHECK(order(&instants[i], &instants[i + 1], 0) == -1);
		CHECK(order(&instants[i], &instants[i + 1], ORDER_DESCENDING) == 1);
	}
	struct value no = {.type = VALUE_BOOL, .b = false}, yes = {.type = VALUE_BOOL, .b = true};
	CHECK(order(&no, &yes, 0) == -1 && order(&no, &yes, ORDER_DESCENDING) == 1);
	struct value null = {.type = VALUE_NULL};
	CHECK(order(&yes, &null, 0) == -1 && order(&yes, &null, ORDER_DESCENDING) == -1);
	CHECK(order(&yes, &null, ORDER_NULLS_FIRST) == 1);
	CHECK(order(&yes, &null, ORDER_NULLS_FIRST | ORDER_DESCENDING) == 1);
}

/* Sorts n random keys; counts neighbours in the wrong order. */
static unsigned
wrongly_sorted(size_t n, size_t longest, unsigned letters)
{
	char *base = calloc(n, SORT_HEAD + longest + 2);
	struct sort_entry *list = malloc(n * sizeof *list);
	size_t at = 0;
	unsigned wrong = 0;
	for (size_t i = 0; i < n; i++) {
		static char key[4096];
		size_t length = (size_t)(random_number() % (longest + 1));
		for (size_t k = 0; k < length; k++)
			key[k] = (char)(random_number() % 50 ? 2 : 2 + random_number() % letters);
		key[length] = 0;
		struct sort_item item = {.number = i, .key = {key, length + 1}, .raw = SLICE("x")};
		sort_item_write(base + at, &item);
		list[i] = (struct sort_entry){sort_prefix(item.key, 0), at};
		at += SORT_HEAD + item.key.n + 1;
	}
	key_sort(list, n, base);
	for (size_t i = 1; i < n; i++) {
		struct sort_item a = sort_item_at(base + list[i - 1].place),
				 b = sort_item_at(base + list[i].place);
		int order_of = slice_compare(a.key, b.key);
		wrong += order_of > 0 || (order_of == 0 && a.number >= b.number);
	}
	free(base);
	free(list);
	return wrong;
}

static void
test_sort(void)
{
	CHECK(wrongly_sorted(1, 3, 2) == 0);
	CHECK(wrongly_sorted(24, 10, 3) == 0);
	CHECK(wrongly_sorted(50000, 5, 2) == 0);
	CHECK(wrongly_sorted(50000, 40, 200) == 0);
	CHECK(wrongly_sorted(3000, 2000, 2) == 0);
	key_sort(NULL, 0, NULL);
}

/* Keys that agree in more than the bytes that the radix sort goes through. */
static void
test_long_common_beginning(void)
{
	enum { N = 300, LENGTH = 700 };
	static char base[N * (SORT_HEAD + LENGTH)];
	static struct sort_entry list[N];
	unsigned wrong = 0;
	for (size_t i = 0; i < N; i++) {
		char key[LENGTH];
		memset(key, 'k', sizeof key);
		key[LENGTH - 1] = (char)(i * 7 % 100);
		struct sort_item item = {.number = i, .key = {key, LENGTH}, .raw = SLICE("")};
		sort_item_write(base + i * (SORT_HEAD + LENGTH), &item);
		list[i] = (struct sort_entry){sort_prefix(item.key, 0), i * (SORT_HEAD + LENGTH)};
	}
	key_sort(list, N, base);
	for (size_t i = 1; i < N; i++) {
		struct sort_item a = sort_item_at(base + list[i - 1].place),
				 b = sort_item_at(base + list[i].place);
		int order_of = slice_compare(a.key, b.key);
		wrong += order_of > 0 || (order_of == 0 && a.number >= b.number);
	}
	CHECK(wrong == 0);
}

int
main(void)
{
	test_ladder();
	test_equal();
	test_random_numbers();
	test_others();
	test_sort();
	test_long_common_beginning();
	return unit_done("order");
}
