/* SPDX-License-Identifier: MIT */
#include "common/text/nearest.h"
#include "tests/unit/unit.h"

static bool
near_is(const char *name, const char *wanted)
{
	const struct slice names[] = {SLICE("timeout"), SLICE("target"), SLICE("os"),
	    SLICE("schedule"), SLICE("retries"), SLICE("retry-wait")};
	return slice_is(nearest_name(slice_of(name), names, sizeof names / sizeof *names), wanted);
}

int
main(void)
{
	CHECK(near_is("tiemout", "timeout"));
	CHECK(near_is("TIMEOUT", "timeout"));
	CHECK(near_is("timeouts", "timeout"));
	CHECK(near_is("shedule", "schedule"));
	CHECK(near_is("retrys", "retries"));
	CHECK(near_is("note", ""));
	CHECK(near_is("", ""));
	CHECK(near_is("x", ""));
	const struct slice twins[] = {SLICE("cost_a"), SLICE("cost_b")};
	CHECK(slice_is(nearest_name(SLICE("cost_c"), twins, 2), ""));
	char name[80];
	memset(name, 'a', sizeof name);
	struct slice giant = {name, sizeof name};
	CHECK(slice_is(nearest_name(giant, &giant, 1), ""));
	giant.n = 64;
	CHECK(nearest_name(giant, &giant, 1).n == 64);
	return unit_done("nearest");
}
