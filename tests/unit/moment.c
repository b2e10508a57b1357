/* SPDX-License-Identifier: MIT */
#include "common/time/moment.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct moment m;

static bool
parses(const char *text, const char *format)
{
	return moment_parse(slice_of(text), slice_of(format), &m);
}

static bool
is_day(int64_t year, unsigned month, unsigned day)
{
	return m.has_date && m.days == iso_days(year, month, day);
}

int
main(void)
{
	CHECK(parses("20240131", "%Y%m%d") && is_day(2024, 1, 31) && !m.has_time);
	CHECK(parses("2024/1/3", "%Y/%m/%d") && is_day(2024, 1, 3));
	CHECK(!parses("2024113", "%Y%m%d")); /* January 13 or November 3: not guessed */
	CHECK(!parses("2024/02/30", "%Y/%m/%d") && parses("2024/02/29", "%Y/%m/%d"));
	CHECK(!parses("2023/02/29", "%Y/%m/%d") && !parses("2024/13/01", "%Y/%m/%d"));
	CHECK(!parses("2024/01/31 ", "%Y/%m/%d") && !parses("", "%Y/%m/%d") &&
	      !parses("24/01/31", "%Y/%m/%d"));
	CHECK(
	    parses("20211224185454", "%Y%m%d%H%M%S") && is_day(2021, 12, 24) && m.second == 68094);
	CHECK(parses("2024/01/31 12:00:00", "%Y/%m/%d %H:%M:%S") && m.second == 43200 &&
	      !m.has_offset);
	CHECK(!parses("2024/01/31 24:00:00", "%Y/%m/%d %H:%M:%S"));
	CHECK(!parses("2016-12-31 23:59:60", "%Y-%m-%d %H:%M:%S"));
	CHECK(parses("Thu, 01 Jan 1970 00:00:01 GMT", "%a, %d %b %Y %H:%M:%S %Z") && m.days == 0 &&
	      m.second == 1);
	CHECK(m.has_offset && m.offset == 0);
	CHECK(!parses("Fri, 01 Jan 1970 00:00:01 GMT", "%a, %d %b %Y %H:%M:%S %Z"));
	CHECK(parses("2026-07-01T00:00:00.123456789+09:00", "%Y-%m-%dT%H:%M:%S.%f%z"));
	CHECK(m.nanosecond == 123456789 && m.offset == 32400);
	CHECK(parses("01/31/2026 01:05 PM", "%m/%d/%Y %I:%M %p") && m.second == (13 * 60 + 5) * 60);
	CHECK(parses("01/31/2026 12:05 AM", "%m/%d/%Y %I:%M %p") && m.second == 300);
	CHECK(!parses("01/31/2026 13:05 PM", "%m/%d/%Y %I:%M %p"));
	CHECK(parses("1551430900", "%s") && m.days == 17956 && m.has_offset);
	CHECK(parses("-1", "%s") && m.days == -1 && m.second == 86399);
	CHECK(parses("1551430900123", "%Q") && m.nanosecond == 123000000);
	CHECK(!parses("15514309001230000000", "%s"));
	CHECK(parses("2026-11", "%Y-%m") && is_day(2026, 11, 1));
	CHECK(parses("November 2026", "%B %Y") && is_day(2026, 11, 1));
	CHECK(parses("100%2026-01-01", "100%%%Y-%m-%d"));
	CHECK(!moment_format_wrong(SLICE("%Y-%m-%d")) && moment_format_wrong(SLICE("%y")) != NULL);
	CHECK(moment_format_wrong(SLICE("%")) != NULL && moment_format_wrong(SLICE("%k")) != NULL);
	CHECK(moment_format_wrong(SLICE("")) != NULL);
	/* The fraction of a negative number counts back as well. */
	CHECK(parses("-1.5", "%s.%f") && m.days == -1 && m.second == 86398);
	CHECK(m.nanosecond == 500000000);
	CHECK(parses("-0.25", "%s.%f") && m.days == -1 && m.second == 86399);
	CHECK(m.nanosecond == 750000000);
	CHECK(parses("-86400.5", "%s.%f") && m.days == -2 && m.second == 86399);
	CHECK(parses("5 -1", "%f %s") && m.second == 86398 && m.nanosecond == 500000000);
	CHECK(parses("-1500", "%Q") && m.second == 86398 && m.nanosecond == 500000000);
	CHECK(parses("-1.0", "%s.%f") && m.second == 86399 && m.nanosecond == 0);
	/* One of two directives for the same part would be dropped. */
	static const char *const twice[] = {"%Y-%m-%d %Y", "%m %b", "%H %H", "%a %A", "%z %Z",
	    "%s %Q", "%s %Y-%m", "%s %z", "%Q.%f", "%Y-%m-%d.%f", "%Y-%m %p %p"};
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
		CHECK(moment_format_wrong(slice_of(twice[i])) != NULL);
	CHECK(!moment_format_wrong(SLICE("%a, %d %b %Y %I:%M:%S.%f %p %z %%%%")));
	CHECK(!moment_format_wrong(SLICE("%s.%f")) && !moment_format_wrong(SLICE("%a %s")));
	return unit_done("moment");
}
