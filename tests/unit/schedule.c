/* SPDX-License-Identifier: MIT */
#include "common/batch/schedule.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static struct zone *
zone_from_system(const char *name)
{
	static char bytes[100000];
	char path[256];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return zone_read((struct slice){bytes, n});
}

static int64_t
instant(const char *text)
{
	int64_t seconds;
	uint32_t nanoseconds;
	CHECK(iso_read_timestamp(slice_of(text), &seconds, &nanoseconds));
	return seconds;
}

static const struct zone *zone;

/* The run after an instant, and the last run up to that run, are the same. */
static void
next_is(const char *schedule, const char *after, const char *wanted)
{
	struct schedule s;
	struct slice at;
	int64_t next = 0, last = 0;
	CHECK(schedule_read(slice_of(schedule), &s, &at) == NULL);
	CHECK(schedule_next(&s, zone, instant(after), &next));
	if (next != instant(wanted)) {
		struct buf b = {0};
		iso_put_timestamp(&b, next, 0);
		fprintf(
		    stderr, "%s after %s: %.*s, not %s\n", schedule, after, (int)b.n, b.p, wanted);
		buf_free(&b);
	}
	CHECK(next == instant(wanted));
	CHECK(schedule_last(&s, zone, next, &last) && last == next);
	CHECK(schedule_last(&s, zone, next - 1, &last) && last <= instant(after));
}

static void
refused(const char *schedule, const char *why, const char *at_fault)
{
	struct schedule s;
	struct slice at;
	const char *wrong = schedule_read(slice_of(schedule), &s, &at);
	if (!wrong || !strstr(wrong, why) || !slice_is(at, at_fault))
		fprintf(
		    stderr, "%s: %s at %.*s\n", schedule, wrong ? wrong : "good", (int)at.n, at.p);
	CHECK(wrong && strstr(wrong, why));
	CHECK(slice_is(at, at_fault));
}

static void
test_reading(void)
{
	struct schedule s;
	struct slice at;
	CHECK(!schedule_read(SLICE(" 30  6\t* * mon-FRI Asia/Tokyo "), &s, &at));
	CHECK(slice_is(s.fields, "30  6\t* * mon-FRI"));
	CHECK(slice_is(s.zone, "Asia/Tokyo"));
	CHECK(s.weekdays == 0x3e);
	CHECK(!schedule_read(SLICE("0 0 * * 7 UTC"), &s, &at));
	CHECK(s.weekdays == 1);
	CHECK(!schedule_read(SLICE("10-40/15,59 */6 1 jan,DEC * UTC"), &s, &at));
	CHECK(s.minutes == (1ull << 10 | 1ull << 25 | 1ull << 40 | 1ull << 59));
	CHECK(s.hours == (1u | 1u << 6 | 1u << 12 | 1u << 18));
	CHECK(s.months == (1u << 1 | 1u << 12));
	CHECK(!schedule_read(SLICE("5/20 * * * * UTC"), &s, &at));
	CHECK(s.minutes == (1ull << 5 | 1ull << 25 | 1ull << 45));
	refused("", "fewer than the five", "");
	refused("30 6 * *", "fewer than the five", "30 6 * *");
	refused("30 6 * * *", "no time zone", "30 6 * * *");
	refused("30 6 * * * UTC now", "after the time zone", "now");
	refused("60 6 * * * UTC", "not a minute", "60");
	refused("-1 6 * * * UTC", "not a minute", "-1");
	refused("1, 6 * * * UTC", "not a minute", "1,");
	refused("1,,2 6 * * * UTC", "not a minute", "1,,2");
	refused("*/0 6 * * * UTC", "not a minute", "*/0");
	refused("*/ 6 * * * UTC", "not a minute", "*/");
	refused("0 24 * * * UTC", "not an hour", "24");
	refused("0 9-5 * * * UTC", "not an hour", "9-5");
	refused("0 0 0 * * UTC", "day of the month", "0");
	refused("0 0 1 13 * UTC", "not a month", "13");
	refused("0 0 1 sept * UTC", "not a month", "sept");
	refused("0 0 * * 8 UTC", "day of the week", "8");
	refused("0 0 30 2 * UTC", "never comes", "0 0 30 2 * UTC");
	refused("0 0 31 4,6,9,11 * UTC", "never comes", "0 0 31 4,6,9,11 * UTC");
	CHECK(!schedule_read(SLICE("0 0 31 2 5 UTC"), &s, &at)); /* every Friday of February */
}

static void
test_days(void)
{
	struct zone *utc = zone_fixed(SLICE("UTC"));
	zone = utc;
	next_is("30 6 * * * UTC", "2026-11-26T06:29:59Z", "2026-11-26T06:30:00Z");
	next_is("30 6 * * * UTC", "2026-11-26T06:30:00Z", "2026-11-27T06:30:00Z");
	next_is("*/15 * * * * UTC", "2026-12-31T23:45:00Z", "2027-01-01T00:00:00Z");
	next_is("0 0 29 2 * UTC", "2026-11-26T00:00:00Z", "2028-02-29T00:00:00Z");
	next_is("0 0 29 2 * UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z");
	next_is("0 0 31 * * UTC", "2026-11-26T00:00:00Z", "2026-12-31T00:00:00Z");
	next_is("0 12 * * 0 UTC", "2026-11-26T00:00:00Z", "2026-11-29T12:00:00Z");
	/* Both days restricted: the 13th, and every Friday. */
	next_is("0 0 13 * 5 UTC", "2026-12-05T00:00:00Z", "2026-12-11T00:00:00Z");
	next_is("0 0 13 * 5 UTC", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z");
	/* A step counts as *: both must hold. */
	next_is("0 0 */2 * 1 UTC", "2026-11-26T00:00:00Z", "2026-12-07T00:00:00Z");
	zone_free(utc);
}

static void
test_zones(void)
{
	struct zone *tokyo = zone_from_system("Asia/Tokyo"),
		    *york = zone_from_system("America/New_York");
	if (!tokyo || !york) {
		fprintf(stderr, "schedule: SKIPPED zones: no /usr/share/zoneinfo\n");
		return;
	}
	zone = tokyo;
	next_is("30 6 * * * Asia/Tokyo", "2026-11-26T00:00:00Z", "2026-11-26T21:30:00Z");
	next_is("0 0 1 * * Asia/Tokyo", "2026-11-26T00:00:00Z", "2026-11-30T15:00:00Z");
	zone = york;
	/* 2026-03-08: 02:00 to 03:00 is skipped. */
	next_is("30 2 * * * America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z");
	next_is("30 2 * * * America/New_York", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z");
	next_is("30 * * * * America/New_York", "2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z");
	/* 2026-11-01: 01:00 to 02:00 occurs twice. */
	next_is("30 1 * * * America/New_York", "2026-11-01T00:00:00Z", "2026-11-01T05:30:00Z");
	next_is("30 1 * * * America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z");
	next_is("30 * * * * America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z");
	next_is("30 * * * * America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z");
	zone_free(tokyo);
	zone_free(york);
}

int
main(void)
{
	test_reading();
	test_days();
	test_zones();
	return unit_done("schedule");
}
