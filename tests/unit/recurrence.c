/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/recurrence.h"
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
	int64_t seconds = 0;
	uint32_t nanoseconds;
	CHECK(iso_read_timestamp(slice_of(text), &seconds, &nanoseconds));
	return seconds;
}

/* The period and start of a schedule, from 2026-11-20T13:00:00Z on, or why there is none. */
static void
is(const char *schedule, const char *period, const char *start)
{
	struct schedule s;
	struct slice at;
	struct dp_recurrence r = {0};
	char why[DP_WHY] = "", name[64];
	struct buf text = {0};
	CHECK(!schedule_read(slice_of(schedule), &s, &at));
	snprintf(name, sizeof name, "%.*s", (int)s.zone.n, s.zone.p);
	struct zone *zone = zone_from_system(name);
	CHECK(zone);
	bool good = dp_recurrence_of(&s, zone, instant("2026-11-20T13:00:00Z"), &r, why);
	if (good)
		dp_recurrence_put(&text, &r);
	if (start) {
		if (!good || !slice_is(buf_slice(&text), period) || r.start != instant(start))
			fprintf(stderr, "%s: %.*s %s\n", schedule, (int)text.n,
			    text.p ? text.p : "", why);
		CHECK(good && slice_is(buf_slice(&text), period) && r.start == instant(start));
	} else {
		if (good || !strstr(why, period))
			fprintf(stderr, "%s: %s\n", schedule, good ? "good" : why);
		CHECK(!good && strstr(why, period));
	}
	buf_free(&text);
	zone_free(zone);
}

static void
test_schedules(void)
{
	is("30 6 * * * Asia/Tokyo", "1 days", "2026-11-20T21:30:00Z");
	is("0 22 * * * Asia/Tokyo", "1 days", "2026-11-20T13:00:00Z");
	is("*/15 * * * * Asia/Tokyo", "15 minutes", "2026-11-20T13:00:00Z");
	is("5 * * * * America/New_York", "1 hours", "2026-11-20T13:05:00Z");
	is("0 */6 * * * Asia/Tokyo", "6 hours", "2026-11-20T15:00:00Z");
	is("0 9 * * 1 Asia/Tokyo", "1 weeks", "2026-11-23T00:00:00Z");
	is("0 9 1 * * Asia/Tokyo", "1 months", "2026-12-01T00:00:00Z");
	is("0 12 15 1,4,7,10 * Asia/Tokyo", "3 months", "2027-01-15T03:00:00Z");
	is("0 12 1 4 * Asia/Tokyo", "1 years", "2027-04-01T03:00:00Z");
	is("0 12 1 2 * Asia/Tokyo", "1 years", "2027-02-01T03:00:00Z");
	is("0 0 1 2,8 * UTC", "6 months", "2027-02-01T00:00:00Z");
	is("*/5 * * * * Asia/Tokyo", "every 5 minutes", NULL);
	is("0 9 * * 1-5 Asia/Tokyo", "not the same time apart", NULL);
	is("0 6,9 * * * Asia/Tokyo", "not the same time apart", NULL);
	is("0 */5 * * * UTC", "not the same time apart", NULL);
	is("0 0 1 1,2 * UTC", "not the same time apart", NULL);
	is("0 * * 1-11 * UTC", "not the same time apart", NULL);
	is("*/15 * * 12,1-10 * UTC", "not the same time apart", NULL);
	is("30 6 1 * * Asia/Tokyo", "day 30", NULL);
	is("0 9 30 * * Asia/Tokyo", "day 30", NULL);
	is("0 0 29 2 * UTC", "", NULL);
	is("30 6 * * * America/New_York", "the clock of America/New_York changes", NULL);
	is("0 9 1 * * Europe/Berlin", "the clock of Europe/Berlin changes", NULL);
}

static void
test_times(void)
{
	struct dp_recurrence r = {.start = instant("2026-01-31T10:00:00Z")};
	CHECK(dp_recurrence_read(SLICE("1 month"), &r) && r.in_months && r.every == 1);
	CHECK(dp_recurrence_time(&r, 1) == instant("2026-02-28T10:00:00Z"));
	CHECK(dp_recurrence_time(&r, 2) == instant("2026-03-31T10:00:00Z"));
	CHECK(dp_recurrence_find(&r, r.start - 1) < 0);
	CHECK(dp_recurrence_find(&r, r.start) == 0);
	CHECK(dp_recurrence_find(&r, instant("2026-02-28T09:59:59Z")) == 0);
	CHECK(dp_recurrence_find(&r, instant("2026-02-28T10:00:00Z")) == 1);
	CHECK(dp_recurrence_read(SLICE("2 Years"), &r) && r.every == 24);
	CHECK(dp_recurrence_time(&r, 1) == instant("2028-01-31T10:00:00Z"));
	CHECK(dp_recurrence_read(SLICE("3 hours"), &r) && !r.in_months && r.every == 10800);
	CHECK(dp_recurrence_find(&r, r.start + 10799) == 0 &&
	      dp_recurrence_find(&r, r.start + 10800) == 1);
	CHECK(!dp_recurrence_read(SLICE("often"), &r));
}

int
main(void)
{
	test_schedules();
	test_times();
	return unit_done("recurrence");
}
