/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/time/iso.h"
#include "common/time/window.h"
#include "tests/unit/unit.h"

static struct zone *
zone_of(const char *name)
{
	static char bytes[1 << 16];
	char path[200];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
	if (f)
		fclose(f);
	struct zone *zone = zone_read((struct slice){bytes, n});
	CHECK(zone);
	return zone;
}

static int64_t
day(const char *text)
{
	int64_t days = -1;
	CHECK(iso_read_date(slice_of(text), &days));
	return days;
}

/* The bounds of all windows as text: days, or instants. */
static bool
plans(const char *step, const char *zone_name, const char *first, const char *end,
    const char *expected)
{
	struct window_plan p = {0};
	struct buf b = {0};
	struct zone *zone = zone_name ? zone_of(zone_name) : NULL;
	CHECK(!*step || span_parse(slice_of(step), &p.step));
	p.zone = zone;
	window_plan_days(&p, day(first), day(end));
	for (int64_t from = p.first, to; from < p.end; from = to) {
		to = window_end(&p, from);
		CHECK(to > from && to <= p.end);
		if (window_is_of_times(&p)) {
			iso_put_timestamp(&b, from, 0);
			b.n -= 4; /* the seconds */
		} else {
			iso_put_date(&b, from);
		}
		buf_put_byte(&b, ' ');
	}
	bool good = slice_is(slice_trim(buf_slice(&b)), expected);
	if (!good)
		fprintf(stderr, "%s %s: %.*s\n", step, first, (int)b.n, b.p);
	buf_free(&b);
	if (zone)
		zone_free(zone);
	return good;
}

static void
test_spans(void)
{
	struct span s;
	CHECK(span_parse(SLICE("12h"), &s) && s.n == 12 && s.unit == SPAN_HOURS);
	CHECK(span_parse(SLICE("2w"), &s) && s.n == 14 && s.unit == SPAN_DAYS);
	CHECK(span_parse(SLICE("3y"), &s) && s.n == 36 && s.unit == SPAN_MONTHS);
	const char *const wrong[] = {
	    "", "d", "0d", "-1d", "1", "1s", "1ms", "1 d", "1dd", "9999999999d", "1.5d"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!span_parse(slice_of(wrong[i]), &s));
	CHECK(span_parse(SLICE("37m"), &s) &&
	      span_before(day("2026-11-27"), &s) == day("2023-10-27"));
	CHECK(
	    span_parse(SLICE("1m"), &s) && span_before(day("2026-03-31"), &s) == day("2026-02-28"));
	CHECK(span_before(day("2024-03-31"), &s) == day("2024-02-29") &&
	      span_before(day("2026-01-05"), &s) == day("2025-12-05"));
	CHECK(span_parse(SLICE("28d"), &s) &&
	      span_before(day("2026-03-01"), &s) == day("2026-02-01"));
}

static void
test_days(void)
{
	CHECK(plans("7d", NULL, "2026-11-01", "2026-11-20", "2026-11-01 2026-11-08 2026-11-15"));
	CHECK(plans("1d", NULL, "2026-02-27", "2026-03-02", "2026-02-27 2026-02-28 2026-03-01"));
	CHECK(plans("90d", NULL, "2026-11-01", "2026-11-02", "2026-11-01"));
	CHECK(plans("", NULL, "2026-11-01", "2027-11-02", "2026-11-01"));
	/* Months from the 31st do not drift. */
	CHECK(plans("1m", NULL, "2026-01-31", "2026-06-01",
	    "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"));
	CHECK(plans(
	    "3m", NULL, "2025-12-01", "2026-12-01", "2025-12-01 2026-03-01 2026-06-01 2026-09-01"));
	CHECK(plans("1y", NULL, "2024-02-29", "2027-01-01", "2024-02-29 2025-02-28 2026-02-28"));
}

static void
test_hours(void)
{
	CHECK(plans("8h", NULL, "2026-11-01", "2026-11-02",
	    "2026-11-01T00:00 2026-11-01T08:00 2026-11-01T16:00"));
	CHECK(plans(
	    "12h", "Asia/Tokyo", "2026-11-01", "2026-11-02", "2026-10-31T15:00 2026-11-01T03:00"));
	/* A day of 23 hours, one of 25: windows begin again at midnight. */
	CHECK(plans("10h", "Europe/Berlin", "2026-03-29", "2026-03-31",
	    "2026-03-28T23:00 2026-03-29T09:00 2026-03-29T19:00 2026-03-29T22:00 2026-03-30T08:00 "
	    "2026-03-30T18:00"));
	CHECK(plans("12h", "Europe/Berlin", "2026-10-25", "2026-10-27",
	    "2026-10-24T22:00 2026-10-25T10:00 2026-10-25T22:00 2026-10-25T23:00 "
	    "2026-10-26T11:00"));
	CHECK(plans(
	    "36h", "Asia/Tokyo", "2026-11-01", "2026-11-04", "2026-10-31T15:00 2026-11-02T03:00"));
	/* Midnight is skipped: Cairo, 24 April 2026. */
	CHECK(plans("12h", "Africa/Cairo", "2026-04-23", "2026-04-25",
	    "2026-04-22T22:00 2026-04-23T10:00 2026-04-23T22:00 2026-04-24T10:00"));
	/* Midnight is there twice: Havana, 1 November 2026. */
	CHECK(plans("24h", "America/Havana", "2026-11-01", "2026-11-02",
	    "2026-11-01T04:00 2026-11-02T04:00"));
	CHECK(plans("12h", "America/Havana", "2026-11-01", "2026-11-02",
	    "2026-11-01T04:00 2026-11-01T16:00 2026-11-02T04:00"));
}

static void
test_day_start(void)
{
	struct zone *zone = zone_of("Africa/Cairo");
	int64_t start = window_day_start(zone, day("2026-04-24"));
	CHECK(start + zone_offset(zone, start) == day("2026-04-24") * 86400 + 3600);
	CHECK(zone_offset(zone, start - 1) != zone_offset(zone, start));
	zone_free(zone);
	zone = zone_of("Pacific/Apia");
	/* A day that never was begins where the next one does. */
	CHECK(
	    window_day_start(zone, day("2011-12-30")) == window_day_start(zone, day("2011-12-31")));
	zone_free(zone);
}

static void
test_middle(void)
{
	struct window_plan p = {0};
	int64_t middle;
	window_plan_days(&p, day("2026-11-01"), day("2026-11-15"));
	CHECK(window_middle(&p, p.first, p.end, &middle) && middle == day("2026-11-08"));
	CHECK(window_middle(&p, p.first, p.first + 3, &middle) && middle == p.first + 1);
	CHECK(!window_middle(&p, p.first, p.first + 1, &middle));
	CHECK(span_parse(SLICE("6h"), &p.step));
	window_plan_days(&p, day("2026-11-01"), day("2026-11-02"));
	CHECK(window_middle(&p, p.first, p.first + 5 * 3600, &middle) &&
	      middle == p.first + 2 * 3600);
	CHECK(!window_middle(&p, p.first, p.first + 3600, &middle));
}

int
main(void)
{
	test_spans();
	test_days();
	test_hours();
	test_day_start();
	test_middle();
	return unit_done("window");
}
