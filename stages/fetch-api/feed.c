/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <unistd.h>

#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/feed.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/workers.h"

static struct windows windows; /* of the current record */
static struct window ahead;    /* its next one */
static bool has_ahead;
static bool asked; /* a record came before */
static struct slice raw;

static void
pass(enum stream_kind kind)
{
	if (!fetch.out)
		return;
	if (kind == STREAM_STATE)
		workers_pass(raw);
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
feed_is_ready(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	return !config.each || has_ahead || stream_ahead(fetch.in) || poll(&input, 1, 0) > 0;
}

bool
feed_next(struct task *t)
{
	while (!has_ahead) {
		if (config.each ? !next_record() : asked)
			return false;
		asked = true;
		windows_begin(&windows);
		has_ahead = windows_next(&windows, &ahead);
	}
	if (config.each)
		task_take(t, raw, stream_schema(fetch.in), stream_record_number(fetch.in));
	else
		task_clear(t);
	/* Exchanged, so that their memory is used again. */
	struct window window = t->window;
	t->window = ahead;
	ahead = window;
	has_ahead = windows_next(&windows, &ahead);
	return true;
}
