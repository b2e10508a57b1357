/* SPDX-License-Identifier: MIT */
#include "common/web/backoff.h"
#include "tests/unit/unit.h"

static void
test_bound(void)
{
	CHECK(backoff_bound(1000, 0) == 1000);
	CHECK(backoff_bound(1000, 1) == 2000);
	CHECK(backoff_bound(1000, 5) == 32000);
	CHECK(backoff_bound(1000, 6) == BACKOFF_MAX);
	CHECK(backoff_bound(1000, 4000000000U) == BACKOFF_MAX);
	CHECK(backoff_bound(0, 1) == 0);
	/* A base above the ceiling neither passes it nor overflows. */
	CHECK(backoff_bound(INT64_MAX, 0) == BACKOFF_MAX);
	CHECK(backoff_bound(INT64_MAX, 9) == BACKOFF_MAX);
}

static void
test_wait(void)
{
	/* Full jitter: from 0 up to the bound, both ends among them. */
	bool none = false, all = false;
	for (uint64_t noise = 0; noise < 5000; noise++) {
		int64_t wait = backoff_wait(4, 2, noise);
		CHECK(wait >= 0 && wait <= 16);
		none |= wait == 0;
		all |= wait == 16;
	}
	CHECK(none && all);
	CHECK(backoff_wait(1000, 0, UINT64_MAX) <= 1000);
	CHECK(backoff_wait(INT64_MAX, 60, UINT64_MAX) <= BACKOFF_MAX);
	CHECK(backoff_wait(0, 0, UINT64_MAX) == 0);
}

static void
test_interval(void)
{
	/* Meta: 3 seconds, doubled up to 20. */
	static const int64_t waits[] = {3000, 6000, 12000, 20000, 20000};
	int64_t wait = 3000;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		CHECK(wait == waits[i]);
		wait = interval_next(wait, 20000);
	}
	/* Without growth. */
	CHECK(interval_next(10000, 10000) == 10000);
	CHECK(interval_next(10000, 0) == 10000);
	CHECK(interval_next(INT64_MAX - 1, INT64_MAX) == INT64_MAX);
	CHECK(interval_next(INT64_MAX, INT64_MAX) == INT64_MAX);
}

static void
test_rate(void)
{
	int64_t times[3];
	struct rate r = {.limit = 3, .period = 1000, .times = times};
	for (int64_t now = 5; now < 8; now++) {
		CHECK(rate_wait(&r, now) == 0);
		rate_count(&r, now);
	}
	/* The fourth waits until the first is a period old. */
	CHECK(rate_wait(&r, 8) == 997);
	CHECK(rate_wait(&r, 1004) == 1);
	CHECK(rate_wait(&r, 1005) == 0);
	rate_count(&r, 1005);
	CHECK(rate_wait(&r, 1005) == 1);
	rate_count(&r, 1006);
	CHECK(rate_wait(&r, 1006) == 1);
	/* In no second are there more than three. */
	CHECK(rate_wait(&r, 5000) == 0);

	struct rate free_of_it = {0};
	rate_count(&free_of_it, 1);
	CHECK(rate_wait(&free_of_it, 1) == 0);
}

int
main(void)
{
	test_bound();
	test_wait();
	test_interval();
	test_rate();
	return unit_done("backoff");
}
