/* SPDX-License-Identifier: MIT */
#include "common/time/series.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static void
test_steps(void)
{
	struct series s;
	CHECK(series_read_step(&s, SLICE("1d")) && s.days && s.step == 1);
	CHECK(series_read_step(&s, SLICE("2w")) && s.days && s.step == 14);
	CHECK(series_read_step(&s, SLICE("1h")) && !s.days && s.step == 3600);
	CHECK(series_read_step(&s, SLICE("15m")) && !s.days && s.step == 900);
	CHECK(series_read_step(&s, SLICE("30s")) && !s.days && s.step == 30);
	CHECK(!series_read_step(&s, SLICE("0d")));
	CHECK(!series_read_step(&s, SLICE("-1d")));
	CHECK(!series_read_step(&s, SLICE("1y")));
	CHECK(!series_read_step(&s, SLICE("d")));
	CHECK(!series_read_step(&s, SLICE("1")));
	CHECK(!series_read_step(&s, SLICE("")));
	CHECK(!series_read_step(&s, SLICE("99999999d")));
}

static int64_t
seconds_of(const char *text)
{
	int64_t at = 0;
	CHECK(iso_read_datetime(slice_of(text), &at));
	return at / 1000000;
}

static void
test_days(void)
{
	struct series s;
	struct zone *tokyo = zone_fixed(SLICE("+09:00"));
	int64_t day;
	CHECK(series_read_step(&s, SLICE("1d")));
	CHECK(!series_begin(&s, false, seconds_of("2026-11-01T00:00:00"), NULL));
	CHECK(series_at(&s, 30, &day) && day == iso_days(2026, 12, 1));
	CHECK(series_begin(&s, false, seconds_of("2026-11-01T00:00:01"), NULL));
	CHECK(series_begin(&s, true, seconds_of("2026-11-01T00:00:00"), NULL));
	CHECK(series_begin(&s, true, seconds_of("2026-11-01T00:00:00"), tokyo));
	CHECK(!series_begin(&s, true, seconds_of("2026-10-31T15:00:00"), tokyo));
	CHECK(series_at(&s, 0, &day) && day == iso_days(2026, 11, 1));
	/* Before 1970 the division rounds down. */
	CHECK(!series_begin(&s, true, seconds_of("1969-12-30T15:00:00"), tokyo));
	CHECK(series_at(&s, 0, &day) && day == -1);
	CHECK(series_at(&s, 2, &day) && day == 1);
	CHECK(!series_at(&s, 20000000, &day));
	CHECK(!series_at(&s, UINT64_MAX - 1, &day));
	CHECK(series_begin(&s, false, INT64_MAX, NULL));
	CHECK(series_begin(&s, false, INT64_MIN, NULL));
	zone_free(tokyo);
}

static void
test_instants(void)
{
	struct series s;
	struct zone *tokyo = zone_fixed(SLICE("+09:00"));
	int64_t at;
	CHECK(series_read_step(&s, SLICE("1h")));
	CHECK(!series_begin(&s, true, 3600, NULL));
	CHECK(series_at(&s, 2, &at) && at == 3 * 3600);
	CHECK(series_begin(&s, false, 3600, NULL));
	CHECK(!series_begin(&s, false, 3600, tokyo));
	CHECK(series_at(&s, 0, &at) && at == -8 * 3600);
	zone_free(tokyo);
}

int
main(void)
{
	test_steps();
	test_days();
	test_instants();
	return unit_done("series");
}
