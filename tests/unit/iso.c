/* SPDX-License-Identifier: MIT */
/* ISO dates and times: read, written, and the calendar between. */
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct buf text;

static bool
written(const char *expected)
{
	bool same = slice_is(buf_slice(&text), expected);

	if (!same)
		fprintf(stderr, "have %.*s, want %s\n", (int)text.n, text.p, expected);
	buf_reset(&text);
	return same;
}

static void
test_calendar(void)
{
	int64_t days = iso_days(-400, 1, 1), last = iso_days(2800, 1, 1);

	CHECK(iso_days(1970, 1, 1) == 0);
	CHECK(iso_days(2000, 2, 29) == 11016);
	CHECK(iso_days(1, 1, 1) == -719162);
	/* Every day of 3,200 years follows the one before it. */
	unsigned wrong = 0;
	int64_t year = -400;
	for (unsigned month = 1, day = 1; days < last; days++) {
		int64_t y;
		unsigned m, d;
		iso_civil(days, &y, &m, &d);
		wrong += y != year || m != month || d != day || iso_days(y, m, d) != days;
		if (++day > iso_month_days(year, month)) {
			day = 1;
			if (++month > 12) {
				month = 1;
				year++;
			}
		}
	}
	CHECK(wrong == 0);
	CHECK(iso_month_days(1900, 2) == 28 && iso_month_days(2000, 2) == 29);
}

static void
test_written(void)
{
	iso_put_date(&text, 0);
	CHECK(written("1970-01-01"));
	iso_put_date(&text, -719528);
	CHECK(written("0000-01-01"));
	iso_put_date(&text, iso_days(12026, 11, 20));
	CHECK(written("+12026-11-20"));
	iso_put_date(&text, iso_days(-44, 3, 15));
	CHECK(written("-00044-03-15"));
	iso_put_datetime(&text, -1);
	CHECK(written("1969-12-31T23:59:59.999999"));
	iso_put_datetime(&text, 1500000);
	CHECK(written("1970-01-01T00:00:01.500"));
	iso_put_timestamp(&text, 1795172400, 0);
	CHECK(written("2026-11-20T11:00:00Z"));
	iso_put_timestamp(&text, -1, 1);
	CHECK(written("1969-12-31T23:59:59.000000001Z"));
	iso_put_timestamp(&text, 0, 123456789);
	CHECK(written("1970-01-01T00:00:00.123456789Z"));
	iso_put_timestamp(&text, 0, 12345000);
	CHECK(written("1970-01-01T00:00:00.012345Z"));
	iso_put_timestamp(&text, 0, 12000000);
	CHECK(written("1970-01-01T00:00:00.012Z"));
	iso_put_date(&text, iso_days(9999, 12, 31));
	CHECK(written("9999-12-31"));
	iso_put_date(&text, iso_days(10000, 1, 1));
	CHECK(written("+10000-01-01"));
	iso_put_date(&text, iso_days(-1, 12, 31));
	CHECK(written("-00001-12-31"));
	iso_put_date(&text, iso_days(7, 8, 9));
	CHECK(written("0007-08-09"));
	iso_put_time(&text, 86399999999);
	CHECK(written("23:59:59.999999"));
}

static void
test_read(void)
{
	static const char *const bad_dates[] = {"", "2026-11-2", "2026-11-31", "2026-02-29",
	    "2026-13-01", "2026-00-10", "2026-01-00", "20261120", "2026-11-20 ", " 2026-11-20",
	    "2026/11/20", "02026-11-20", "2026-11-20T00:00:00", "today"};
	static const char *const bad_times[] = {"2026-11-20", "2026-11-20T24:00:00",
	    "2026-11-20T23:59:60", "2026-11-20T23:60:00", "2026-11-20 1:00:00", "2026-11-20T01:00",
	    "2026-11-20T01:00:00.", "2026-11-20T01:00:00.1234567", "2026-11-20T01:00:00Z",
	    "2026-11-20_01:00:00", "2026-11-20  01:00:00"};
	static const char *const bad_instants[] = {"2026-11-20T01:00:00", "2026-11-20T01:00:00z",
	    "2026-11-20T01:00:00+", "2026-11-20T01:00:00+9",
	    "2026-11-20T01:00:00+09:", "2026-11-20T01:00:00+24:00", "2026-11-20T01:00:00+09:60",
	    "2026-11-20T01:00:00ZZ", "2026-11-20T01:00:00.1234567890Z", "2026-11-20T01:00:00 JST"};
	static const struct {
		const char *text;
		int64_t seconds;
		uint32_t nanoseconds;
	} instants[] = {
	    {"1970-01-01T00:00:00Z", 0, 0},
	    {"1970-01-01 09:00:00+09:00", 0, 0},
	    {"1970-01-01T09:00:00+0900", 0, 0},
	    {"1970-01-01T09:00:00+09", 0, 0},
	    {"1969-12-31T14:30:00.5-09:30", 0, 500000000},
	    {"1970-01-01T00:00:00.000000001Z", 0, 1},
	};
	int64_t n, s;
	uint32_t ns;

	for (size_t i = 0; i < sizeof bad_dates / sizeof *bad_dates; i++)
		CHECK(!iso_read_date(slice_of(bad_dates[i]), &n));
	for (size_t i = 0; i < sizeof bad_times / sizeof *bad_times; i++)
		CHECK(!iso_read_datetime(slice_of(bad_times[i]), &n));
	for (size_t i = 0; i < sizeof bad_instants / sizeof *bad_instants; i++)
		CHECK(!iso_read_timestamp(slice_of(bad_instants[i]), &s, &ns));
	for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
		CHECK(iso_read_timestamp(slice_of(instants[i].text), &s, &ns));
		CHECK(s == instants[i].seconds && ns == instants[i].nanoseconds);
	}
	CHECK(iso_read_date(SLICE("2000-02-29"), &n) && n == 11016);
	CHECK(iso_read_datetime(SLICE("1970-01-02T00:00:00.000001"), &n) && n == 86400000001);
	CHECK(iso_read_datetime(SLICE("1969-12-31 23:59:59.9"), &n) && n == -100000);
	CHECK(iso_read_wall(SLICE("1970-01-02 00:00:01.123456789"), &s, &ns));
	CHECK(s == 86401 && ns == 123456789);
	CHECK(!iso_read_wall(SLICE("1970-01-02T00:00:01Z"), &s, &ns));
	CHECK(iso_read_time(SLICE("00:00:01.25"), &n) && n == 1250000);
	CHECK(!iso_read_time(SLICE("25:61:00"), &n));
}

/* The extreme values of a stream are written like all others. */
static void
test_ends(void)
{
	buf_reset(&text);
	iso_put_datetime(&text, INT64_MIN);
	CHECK(slice_is(buf_slice(&text), "-290308-12-21T19:59:05.224192"));
	buf_reset(&text);
	iso_put_datetime(&text, INT64_MAX);
	CHECK(slice_is(buf_slice(&text), "+294247-01-10T04:00:54.775807"));
	buf_reset(&text);
	iso_put_timestamp(&text, INT64_MIN, 0);
	CHECK(text.n > 15 && memcmp(text.p + text.n - 10, "T08:29:52Z", 10) == 0);
	buf_reset(&text);
	iso_put_timestamp(&text, INT64_MAX, 999999999);
	CHECK(text.n > 15 && memcmp(text.p + text.n - 20, "T15:30:07.999999999Z", 20) == 0);
}

int
main(void)
{
	test_calendar();
	test_written();
	test_read();
	test_ends();
	buf_free(&text);
	return unit_done("iso");
}
