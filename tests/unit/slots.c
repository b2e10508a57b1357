/* SPDX-License-Identifier: MIT */
#include "common/batch/slots.h"
#include "common/time/iso.h"
#include "tests/unit/unit.h"

static int64_t
at(const char *text)
{
	int64_t seconds = 0;
	uint32_t nanoseconds = 0;
	CHECK(iso_read_timestamp(slice_of(text), &seconds, &nanoseconds));
	return seconds * 1000 + nanoseconds / 1000000;
}

static struct schedule daily;
static const struct zone *zone;

static struct slots_question
question(const char *now, const struct slot_run *runs, size_t n)
{
	return (struct slots_question){.schedule = &daily,
	    .zone = zone,
	    .now = at(now),
	    .late = SLOT_LATE,
	    .runs = runs,
	    .n = n};
}

static void
test_states(void)
{
	CHECK(slot_state_of(SLICE("ok")) == SLOT_OK);
	CHECK(slot_state_of(SLICE("lost")) == SLOT_LOST);
	/* "missing" is not a word of the history. */
	CHECK(slot_state_of(SLICE("missing")) == SLOT_FAILED);
	CHECK(slot_state_of(SLICE("")) == SLOT_FAILED);
	CHECK(slot_state_is_good(SLOT_WARNED));
	CHECK(!slot_state_is_bad(SLOT_RUNNING));
	CHECK(slot_state_is_bad(SLOT_MISSING));
}

static void
test_scheduled(void)
{
	struct slot s[4];
	struct slot_run runs[] = {
	    {.slot = at("2026-11-22T21:30:00Z"),
		.started = at("2026-11-22T21:31:00Z"),
		.state = SLOT_FAILED},
	    {.slot = at("2026-11-22T21:30:00Z"),
		.started = at("2026-11-22T22:31:00Z"),
		.state = SLOT_OK},
	    {.slot = at("2026-11-22T21:30:00Z"),
		.started = at("2026-11-22T23:31:00Z"),
		.state = SLOT_FAILED},
	    {.slot = at("2026-11-24T21:30:00Z"),
		.started = at("2026-11-24T21:31:00Z"),
		.state = SLOT_TIMEOUT},
	    {.slot = at("2026-11-25T21:30:00Z"),
		.started = at("2026-11-25T21:31:00Z"),
		.state = SLOT_RUNNING},
	};
	struct slots_question q = question("2026-11-25T22:00:00Z", runs, 5);
	CHECK(slots_last(&q, s, 4) == 4);
	CHECK(s[0].time == at("2026-11-22T21:30:00Z"));
	/* The good run counts, whatever came after it. */
	CHECK(s[0].state == SLOT_OK && s[0].run == 1 && s[0].runs == 3 && !s[0].late);
	CHECK(s[1].state == SLOT_MISSING && s[1].runs == 0);
	CHECK(s[2].state == SLOT_TIMEOUT && s[2].late);
	CHECK(s[3].state == SLOT_RUNNING && !s[3].late);
	q.now = at("2026-11-25T22:30:01Z");
	CHECK(slots_last(&q, s, 1) == 1);
	CHECK(s[0].state == SLOT_RUNNING && s[0].late);
	/* Exactly "late" after its time it is not late yet. */
	q.now = at("2026-11-25T22:30:00Z");
	CHECK(slots_last(&q, s, 1) == 1);
	CHECK(!s[0].late);
	q.n = 4;
	CHECK(slots_last(&q, s, 1) == 1);
	CHECK(s[0].state == SLOT_DUE);
	q.now++;
	CHECK(slots_last(&q, s, 1) == 1);
	CHECK(s[0].state == SLOT_MISSING);
	int64_t next;
	CHECK(slots_next(&q, &next) && next == at("2026-11-26T21:30:00Z"));
}

static void
test_new_batch(void)
{
	struct slot s[3];
	/* It never ran: only the last slot is missing. */
	struct slots_question q = question("2026-11-26T03:00:00Z", NULL, 0);
	CHECK(slots_last(&q, s, 3) == 3);
	CHECK(s[0].state == SLOT_NONE && s[1].state == SLOT_NONE && s[2].state == SLOT_MISSING);
	/* Slots before its first run are not missing, also if that run filled an old one. */
	struct slot_run runs[] = {{.slot = at("2026-11-01T00:00:00Z"),
	    .started = at("2026-11-25T00:00:00Z"),
	    .state = SLOT_OK}};
	q = question("2026-11-26T03:00:00Z", runs, 1);
	CHECK(slots_last(&q, s, 3) == 3);
	CHECK(s[0].state == SLOT_NONE && s[1].state == SLOT_NONE && s[2].state == SLOT_MISSING);
}

static void
test_off_schedule(void)
{
	struct slot s[4];
	struct slot_run runs[] = {
	    {.slot = at("2026-01-02T00:00:00Z"),
		.started = at("2026-11-20T01:00:00Z"),
		.state = SLOT_FAILED,
		.from = SLICE("2026-01-01")},
	    {.slot = at("2026-01-02T00:00:00Z"),
		.started = at("2026-11-20T02:00:00Z"),
		.state = SLOT_FAILED,
		.from = SLICE("2025-12-01")},
	    {.slot = at("2026-01-02T00:00:00Z"),
		.started = at("2026-11-20T03:00:00Z"),
		.state = SLOT_OK,
		.from = SLICE("2026-01-01")},
	    {.slot = at("2026-01-02T00:00:00Z"),
		.started = at("2026-11-20T04:00:00Z"),
		.state = SLOT_LOST,
		.from = SLICE("2025-12-01")},
	    {.slot = at("2026-11-19T21:30:00Z"),
		.started = at("2026-11-20T05:00:00Z"),
		.state = SLOT_FAILED},
	};
	struct slots_question q = question("2026-11-20T06:00:00Z", runs, 5);
	/* One window has a good run; the other has two bad ones; the last run was on the schedule. */
	CHECK(slots_off_schedule(&q, NULL, 0, 0, s, 4) == 1);
	CHECK(s[0].state == SLOT_LOST && s[0].runs == 2 && s[0].run == 3);
	CHECK(slots_off_schedule(&q, NULL, 0, at("2026-11-20T04:30:00Z"), s, 4) == 0);
	/* A slot of the schedule that was filled later is a backfill, too; unless it is shown anyway. */
	runs[4].slot = at("2026-11-10T21:30:00Z");
	CHECK(slots_off_schedule(&q, NULL, 0, 0, s, 4) == 2);
	CHECK(s[0].time == runs[4].slot && s[1].run == 3);
	struct slot shown = {.time = runs[4].slot};
	CHECK(slots_off_schedule(&q, &shown, 1, 0, s, 4) == 1);
}

static void
test_unscheduled(void)
{
	struct slot s[3];
	struct slot_run runs[] = {{.slot = 5000, .state = SLOT_OK},
	    {.slot = 1000, .state = SLOT_FAILED}, {.slot = 3000, .state = SLOT_FAILED},
	    {.slot = 3000, .state = SLOT_OK}, {.slot = 2000, .state = SLOT_LOST},
	    {.slot = 500, .state = SLOT_OK}, {.slot = 9000, .state = SLOT_RUNNING}};
	struct slots_question q = question("2026-11-20T06:00:00Z", runs, 7);
	q.schedule = NULL;
	CHECK(slots_last(&q, s, 3) == 3);
	CHECK(s[0].time == 3000 && s[0].state == SLOT_OK && s[0].runs == 2 && s[0].run == 3);
	CHECK(s[1].time == 5000);
	CHECK(s[2].time == 9000 && s[2].state == SLOT_RUNNING && !s[2].late);
	CHECK(slots_last(&q, s, 0) == 0);
	CHECK(slots_off_schedule(&q, NULL, 0, 0, s, 3) == 0);
	int64_t next;
	CHECK(!slots_next(&q, &next));
}

int
main(void)
{
	struct slice wrong;
	struct zone *utc = zone_fixed(SLICE("UTC"));
	zone = utc;
	CHECK(!schedule_read(SLICE("30 21 * * * UTC"), &daily, &wrong));
	test_states();
	test_scheduled();
	test_new_batch();
	test_off_schedule();
	test_unscheduled();
	zone_free(utc);
	return unit_done("slots");
}
