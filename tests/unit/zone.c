/* SPDX-License-Identifier: MIT */
/* Zones from the system's own files, against the C library's idea of the same zone. */
#include <stdlib.h>
#include <time.h>

#include "common/time/iso.h"
#include "common/time/zone.h"
#include "tests/unit/unit.h"

static struct zone *
load(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	static char bytes[100000];
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	struct zone *zone = zone_read((struct slice){bytes, n});
	/* Cut anywhere it is refused, not believed. */
	for (size_t cut = 0; cut < n; cut += 1 + cut / 16)
		CHECK(zone_read((struct slice){bytes, cut}) == NULL);
	return zone;
}

static void
compare(const char *name)
{
	struct zone *zone = load(name);
	if (!zone) {
		fprintf(stderr, "zone: SKIPPED %s: no such file here\n", name);
		return;
	}
	setenv("TZ", name, 1);
	tzset();
	unsigned wrong = 0;
	/* 1900 to 2100 in steps of about nine hours, so that every change is passed closely. */
	for (int64_t t = -2208988800; t < 4102444800; t += INT64_C(33333) * unit_every()) {
		time_t at = t;
		struct tm tm;
		localtime_r(&at, &tm);
		int64_t local =
		    iso_days(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday) *
			86400 +
		    tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
		wrong += t + zone_offset(zone, t) != local;
		int64_t earlier = 0, later = 0;
		enum zone_fit fit = zone_instants(zone, local, &earlier, &later);
		wrong += fit == ZONE_NEVER || (earlier != t && later != t);
	}
	CHECK(wrong == 0);
	zone_free(zone);
}

static void
test_changes(void)
{
	struct zone *zone = load("America/New_York");
	int64_t earlier = 0, later = 0;
	if (!zone)
		return;
	int64_t day = iso_days(2026, 3, 8) * 86400;
	CHECK(zone_instants(zone, day + 2 * 3600 + 1800, &earlier, &later) == ZONE_NEVER);
	CHECK(zone_instants(zone, day + 3 * 3600, &earlier, &later) == ZONE_ONCE &&
	      earlier == day + 7 * 3600);
	day = iso_days(2026, 11, 1) * 86400;
	CHECK(zone_instants(zone, day + 3600 + 1800, &earlier, &later) == ZONE_TWICE);
	CHECK(earlier == day + 5 * 3600 + 1800 && later == day + 6 * 3600 + 1800);
	/* Far after the table: the footer's rule. */
	CHECK(zone_offset(zone, iso_days(2300, 7, 1) * 86400) == -4 * 3600);
	CHECK(zone_offset(zone, iso_days(2300, 1, 1) * 86400) == -5 * 3600);
	zone_free(zone);
}

static bool
fixed(const char *name, int32_t wanted)
{
	struct zone *zone = zone_fixed(slice_of(name));
	bool same = zone && zone_offset(zone, 0) == wanted;
	if (zone)
		zone_free(zone);
	return same;
}

int
main(void)
{
	CHECK(fixed("UTC", 0) && fixed("Z", 0) && fixed("+09:00", 32400) && fixed("+0530", 19800));
	CHECK(fixed("-03", -10800) && !fixed("+9", 0) && !fixed("JST", 0) && !fixed("+09:0", 0));
	CHECK(!fixed("+24", 0) && !fixed("+09:60", 0) && !fixed("", 0));
	compare("Asia/Tokyo");
	compare("America/New_York");
	compare("Europe/Dublin");       /* its winter time is the one with negative saving */
	compare("Australia/Lord_Howe"); /* half an hour of saving, southern */
	compare("Africa/Casablanca");
	test_changes();
	return unit_done("zone");
}
