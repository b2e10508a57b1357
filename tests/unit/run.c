/* SPDX-License-Identifier: MIT */
#include "common/batch/run.h"
#include "tests/unit/unit.h"

static void
refused(const char *text, const char *why)
{
	static struct run r;
	const char *wrong = run_read_json(&r, slice_of(text));
	CHECK(wrong && strstr(wrong, why));
	run_free(&r);
}

static void
time_is(int64_t milliseconds, const char *text)
{
	struct buf b = {0};
	run_put_time(&b, milliseconds);
	CHECK(slice_is(buf_slice(&b), text));
	int64_t back = 0;
	CHECK(run_read_time(buf_slice(&b), &back) && back == milliseconds);
	buf_free(&b);
}

int
main(void)
{
	struct run a = {0}, b = {0};
	run_reset(&a);
	for (size_t i = 0; i < RUN_TEXTS; i++)
		run_set(&a, (enum run_text)i, slice_of(run_text_names[i]));
	run_set(&a, RUN_MESSAGE, SLICE("a \"quoted\"\nline \xe5\xba\x83"));
	run_set(&a, RUN_STAGES, SLICE("[{\"stage\":\"load-pg\",\"seconds\":1.5}]"));
	for (size_t i = 0; i < RUN_NUMBERS; i++)
		a.number[i] = (int64_t)i;
	struct buf text = {0}, again = {0};
	run_write_json(&text, &a);
	CHECK(run_read_json(&b, buf_slice(&text)) == NULL);
	run_write_json(&again, &b);
	CHECK(slice_equal(buf_slice(&text), buf_slice(&again)));
	CHECK(run_is(&b, RUN_STAGES, "[{\"stage\":\"load-pg\",\"seconds\":1.5}]"));

	/* Empty and unknown members are left out, and come back as such. */
	run_reset(&a);
	run_set(&a, RUN_ID, SLICE("1"));
	run_set(&a, RUN_BATCH, SLICE("x"));
	buf_reset(&text);
	run_write_json(&text, &a);
	CHECK(slice_is(buf_slice(&text), "{\"version\":1,\"id\":\"1\",\"batch\":\"x\"}"));
	CHECK(run_read_json(&b, buf_slice(&text)) == NULL);
	CHECK(b.number[RUN_STATUS] == -1 && !run_get(&b, RUN_SLOT).n);

	CHECK(run_read_json(&b, SLICE("{\"version\":1,\"id\":\"1\",\"batch\":\"x\",\"new\":[]}")) ==
	      NULL);
	refused("", "not valid JSON");
	refused("{\"version\":1,\"id\":\"1\",\"batch\":\"x\"", "not valid JSON");
	refused("[]", "no version");
	refused("{\"id\":\"1\",\"batch\":\"x\"}", "no version");
	refused("{\"version\":2,\"id\":\"1\",\"batch\":\"x\"}", "newer version");
	refused("{\"version\":1,\"id\":1,\"batch\":\"x\"}", "wrong type");
	refused("{\"version\":1,\"id\":\"1\",\"batch\":\"x\",\"pid\":\"1\"}", "wrong type");
	refused("{\"version\":1,\"id\":\"1\"}", "no id or no batch");

	time_is(0, "1970-01-01T00:00:00.000Z");
	time_is(1795674600125, "2026-11-26T06:30:00.125Z");
	time_is(-1, "1969-12-31T23:59:59.999Z");
	run_free(&a);
	run_free(&b);
	buf_free(&text);
	buf_free(&again);
	return unit_done("run");
}
