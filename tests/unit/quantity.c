/* SPDX-License-Identifier: MIT */
#include "common/text/quantity.h"
#include "tests/unit/unit.h"

static int64_t
duration(const char *text)
{
	int64_t n = -1;
	bool good = quantity_duration(slice_of(text), 0, INT64_MAX, &n);
	CHECK(good == (n >= 0));
	return n;
}

static int64_t
size(const char *text)
{
	int64_t n = -1;
	bool good = quantity_size(slice_of(text), 0, INT64_MAX, &n);
	CHECK(good == (n >= 0));
	return n;
}

int
main(void)
{
	CHECK(duration("250ms") == 250);
	CHECK(duration("5s") == 5000);
	CHECK(duration("10m") == 600000);
	CHECK(duration("4h") == 14400000);
	CHECK(duration("1d") == 86400000);
	CHECK(duration("86400000ms") == duration("1d"));
	CHECK(duration("0s") == 0);
	static const char *const no_durations[] = {"", "5", "s", "-5s", "+5s", "5 s", " 5s", "5S",
	    "5sec", "1.5s", "5s5ms", "106751991168d", "9223372036854775808ms"};
	for (size_t i = 0; i < sizeof no_durations / sizeof no_durations[0]; i++)
		CHECK(duration(no_durations[i]) == -1);
	CHECK(size("4096") == 4096);
	CHECK(size("64K") == 65536);
	CHECK(size("256M") == 268435456);
	CHECK(size("2G") == 2147483648);
	static const char *const no_sizes[] = {
	    "", "K", "-1K", "1k", "1KB", "1T", "1.5M", "8589934592G"};
	for (size_t i = 0; i < sizeof no_sizes / sizeof no_sizes[0]; i++)
		CHECK(size(no_sizes[i]) == -1);

	int64_t n = 7;
	CHECK(quantity_duration(SLICE("1s"), 1000, 1000, &n) && n == 1000);
	CHECK(!quantity_duration(SLICE("1s"), 1001, 2000, &n) && n == 1000);
	CHECK(!quantity_duration(SLICE("1s"), 0, 999, &n) && n == 1000);
	CHECK(!quantity_size(SLICE("1K"), 1025, 2000, &n) && n == 1000);
	return unit_done("quantity");
}
