/* SPDX-License-Identifier: MIT */
#include "common/time/date_text.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

/* The text of the day and second in this format. */
static bool
is(int64_t days, int64_t second, const char *format, const char *expected)
{
	struct buf b = {0};
	struct date_parts m = {.days = days,
	    .second = second,
	    .utc = days * 86400 + second - 9 * 3600,
	    .millisecond = 7};
	date_put_format(&b, &m, slice_of(format));
	bool good = slice_is(buf_slice(&b), expected);
	buf_free(&b);
	return good;
}

int
main(void)
{
	int64_t day = iso_days(2026, 3, 7), second = 9 * 3600 + 5 * 60 + 3;
	CHECK(is(day, second, "%Y-%m-%d", "2026-03-07"));
	CHECK(is(day, second, "%F", "2026-03-07"));
	CHECK(is(day, second, "%Y%m%d", "20260307"));
	CHECK(is(day, second, "%Y/%-m/%-d", "2026/3/7"));
	CHECK(is(day, second, "%m/%d/%Y %H:%M:%S", "03/07/2026 09:05:03"));
	CHECK(is(day, second, "%FT%TZ", "2026-03-07T09:05:03Z"));
	CHECK(is(day, second, "%-H:%-M:%-S", "9:5:3"));
	CHECK(is(day, second, "100%%", "100%"));
	CHECK(is(day, second, "", ""));
	CHECK(is(day, second, "日%d", "日07"));
	CHECK(is(iso_days(2026, 12, 31), 86399, "%F %T", "2026-12-31 23:59:59"));
	CHECK(is(iso_days(1969, 12, 31), 0, "%F", "1969-12-31"));
	CHECK(is(iso_days(33, 1, 2), 0, "%Y", "0033"));
	CHECK(is(iso_days(2024, 2, 29), 0, "%m%d", "0229"));

	/* On a clock nine hours east of UTC. */
	CHECK(is(day, second, "%s", "1772841903"));
	CHECK(is(day, second, "%Q", "1772841903007"));
	CHECK(is(iso_days(1970, 1, 1), 0, "%s", "-32400"));
	CHECK(is(day, second, "%FT%T%z %:z", "2026-03-07T09:05:03+0900 +09:00"));

	CHECK(!date_format_wrong(SLICE("%s%Q%z%:z")));
	CHECK(!date_format_wrong(SLICE("%Y-%m-%d %H:%M:%S %F %T %% %-m %-d %-H %-M %-S")));
	CHECK(!date_format_wrong(SLICE("no directive")));
	CHECK(date_format_wrong(SLICE("%")));
	CHECK(date_format_wrong(SLICE("%-")));
	CHECK(date_format_wrong(SLICE("%y")));
	CHECK(date_format_wrong(SLICE("%-Y")));
	CHECK(date_format_wrong(SLICE("%F%")));
	CHECK(date_format_wrong(SLICE("%j %Y")));
	CHECK(date_format_wrong(SLICE("%\0")));
	CHECK(date_format_wrong(SLICE("%-z")));
	CHECK(date_format_wrong(SLICE("%:Y")));

	CHECK(date_format_needs_zone(SLICE("%F %:z")));
	CHECK(date_format_needs_zone(SLICE("%s")));
	CHECK(!date_format_needs_zone(SLICE("%FT%TZ%%z")));

	/* Digits only for any day, and never a leading zero. */
	static const char *const numbers[] = {"%Y", "%-d", "%-m", "%-H", "%-M", "%s", "%Q",
	    "%Y%m%d", "%Y%-m", "%-m%d", "%-d%m%Y", "1%m", "%Y01", "0", NULL};
	for (size_t i = 0; numbers[i]; i++)
		CHECK(date_format_is_number(slice_of(numbers[i])));
	static const char *const texts[] = {"%m", "%d", "%H", "%F", "%T", "%d%Y", "%-H%M", "%Y-%m",
	    "%s000", "%s.%Q", "%z", "%%", "0%-d", "%Y Q", "", NULL};
	for (size_t i = 0; texts[i]; i++)
		CHECK(!date_format_is_number(slice_of(texts[i])));
	return unit_done("date_text");
}
