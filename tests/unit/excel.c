/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/time/excel.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct buf scratch;
static struct excel_time t;

static enum excel_result
reads(const char *text, bool since_1904, unsigned scale, enum decimal_round round)
{
	struct excel_format format = {.since_1904 = since_1904, .scale = scale, .round = round};
	return excel_read(slice_of(text), &format, &scratch, &t);
}

static enum excel_result
exactly(const char *text)
{
	return reads(text, false, 6, ROUND_NONE);
}

static bool
is_time(int64_t days, int64_t second, uint32_t nanosecond)
{
	return t.days == days && t.second == second && t.nanosecond == nanosecond;
}

/* Every day of both systems, one after the other, from the first to the last. */
static void
check_days(void)
{
	bool good = true;
	char text[24];
	int64_t day = iso_days(1900, 1, 1), last = iso_days(unit_every() > 1 ? 1999 : 9999, 12, 31);
	for (int n = 1; day <= last; n++) {
		snprintf(text, sizeof text, "%d", n);
		if (n == 60)
			continue;
		good &= exactly(text) == EXCEL_READ && is_time(day++, 0, 0);
	}
	CHECK(good);
	day = iso_days(1904, 1, 1);
	for (int n = 0; day <= last; n++) {
		snprintf(text, sizeof text, "%d", n);
		good &= reads(text, true, 6, ROUND_NONE) == EXCEL_READ && is_time(day++, 0, 0);
	}
	CHECK(good);
	CHECK(exactly("2958466") == EXCEL_NOT_A_SERIAL);
	CHECK(reads("2957004", true, 6, ROUND_NONE) == EXCEL_NOT_A_SERIAL);
	CHECK(exactly("60") == EXCEL_LEAP_DAY && exactly("60.5") == EXCEL_LEAP_DAY);
}

/* Times that are exact in decimal: 27 microseconds are 1/3200000000 of a day. */
static void
check_exact(void)
{
	bool good = true;
	char text[48];
	for (int64_t k = 0; k < INT64_C(3200000000); k += INT64_C(999983) * unit_every()) {
		int64_t micros = k * 27;
		snprintf(text, sizeof text, "46327.%013" PRId64, k * 3125);
		good &= exactly(text) == EXCEL_READ && !t.rounded &&
			is_time(iso_days(2026, 11, 1), micros / 1000000,
			    (uint32_t)(micros % 1000000 * 1000));
	}
	CHECK(good);
}

/* Times that Excel shows are not exact in decimal, but are again when rounded to the second. */
static void
check_rounded(void)
{
	bool good = true;
	char text[48];
	unsigned inexact = 0;
	for (int second = 0; second < 86400; second++) {
		snprintf(text, sizeof text, "%.15g", 46327 + second / 86400.0);
		inexact += exactly(text) == EXCEL_INEXACT;
		good &= reads(text, false, 0, ROUND_HALF_UP) == EXCEL_READ &&
			is_time(iso_days(2026, 11, 1), second, 0);
	}
	CHECK(good && inexact == 83200); /* all but the multiples of 27 seconds */
}

int
main(void)
{
	check_days();
	check_exact();
	check_rounded();
	CHECK(exactly("46327.5625") == EXCEL_READ && is_time(iso_days(2026, 11, 1), 48600, 0));
	CHECK(exactly("4.63275625e4") == EXCEL_READ && is_time(iso_days(2026, 11, 1), 48600, 0));
	CHECK(reads("0.5", true, 6, ROUND_NONE) == EXCEL_READ &&
	      is_time(iso_days(1904, 1, 1), 43200, 0));
	CHECK(exactly("0") == EXCEL_NOT_A_SERIAL && exactly("0.5") == EXCEL_NOT_A_SERIAL);
	CHECK(exactly("-1") == EXCEL_NOT_A_SERIAL && exactly("") == EXCEL_NOT_A_SERIAL);
	CHECK(reads("-0.5", true, 6, ROUND_NONE) == EXCEL_NOT_A_SERIAL);
	CHECK(exactly("2026-11-01") == EXCEL_NOT_A_SERIAL && exactly("1e9") == EXCEL_NOT_A_SERIAL);
	CHECK(exactly("46327.5555555555555556") == EXCEL_INEXACT);
	CHECK(reads("46327.00000000000001", false, 6, ROUND_DOWN) == EXCEL_READ && t.rounded);
	CHECK(is_time(iso_days(2026, 11, 1), 0, 0));
	/* A full day is the next one's midnight, and the leap day that never was has none. */
	CHECK(reads("46327.999999999", false, 0, ROUND_HALF_UP) == EXCEL_READ &&
	      is_time(iso_days(2026, 11, 2), 0, 0));
	CHECK(reads("59.999999999", false, 0, ROUND_HALF_UP) == EXCEL_READ &&
	      is_time(iso_days(1900, 3, 1), 0, 0));
	CHECK(reads("2958465.999999999", false, 0, ROUND_HALF_UP) == EXCEL_NOT_A_SERIAL);
	buf_free(&scratch);
	return unit_done("excel");
}
