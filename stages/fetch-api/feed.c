/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/feed.h"
#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"

static struct windows windows;
static bool within; /* a record whose windows are not all done */
static bool asked;  /* a record came before */
static struct slice raw;

static void
pass(enum stream_kind kind)
{
	if (!fetch.out)
		return;
	if (kind == STREAM_STATE)
		stream_out_item(fetch.out, raw);
	else if (kind == STREAM_COVERAGE)
		coverage_pass(raw);
}

/* Goes to the next record of the input. */
static bool
next_record(void)
{
	static struct record record;
	enum stream_kind kind;
	while ((kind = stream_next(fetch.in, &raw)) != STREAM_END) {
		/* A rehearsal asks once; the input is read to its end all the same, which proves it whole. */
		if (kind == STREAM_RECORD && !(asked && stream_in_dry(fetch.in))) {
			stream_decode(fetch.in, raw, &record);
			return true;
		}
		pass(kind);
	}
	return false;
}

bool
feed_next(struct task *t)
{
	while (!within || !windows_next(&windows, &t->window)) {
		if (config.each ? !next_record() : asked)
			return false;
		within = asked = true;
		windows_begin(&windows);
	}
	if (config.each)
		task_take(t, raw, stream_schema(fetch.in), stream_record_number(fetch.in));
	else
		task_clear(t);
	return true;
}
