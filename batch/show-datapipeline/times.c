/* SPDX-License-Identifier: MIT */
#include "batch/show-datapipeline/show.h"
#include "common/time/iso.h"

enum { MILLION = 1000000 };

/* A field of an object with its expressions expanded; false if it has none. */
static bool
value_of(
    const struct dp_definition *d, const struct dp_object *o, const char *key, struct buf *text)
{
	const struct dp_field *f = dp_field(d, o, key, NULL);
	struct dp_run run = {.d = d, .object = o};
	struct dp_faults faults = {0};
	buf_reset(text);
	return f && f->kind == DP_VALUE_TEXT && dp_run_expand(&run, text, f->value, &faults);
}

static bool
read_time(const struct dp_definition *d, const struct dp_object *o, const char *key,
    struct buf *text, int64_t *at)
{
	int64_t microseconds;
	if (!value_of(d, o, key, text) || !iso_read_datetime(buf_slice(text), &microseconds))
		return false;
	*at = microseconds / MILLION;
	return true;
}

/* The runs that begin before the end of the schedule. */
static int64_t
count_of(const struct dp_definition *d, const struct dp_object *schedule, const struct times *t,
    struct buf *text)
{
	int64_t n, end;
	if (value_of(d, schedule, "occurrences", text) &&
	    parse_integer(buf_slice(text), 0, INT32_MAX, &n))
		return n;
	if (!read_time(d, schedule, "endDateTime", text, &end))
		return -1;
	return dp_recurrence_find(&t->recurrence, end - 1) + 1;
}

const char *
times_of(
    const struct dp_definition *d, const struct dp_object *o, int64_t activated, struct times *t)
{
	struct buf text = {0};
	const char *why = NULL;
	*t = (struct times){.count = -1};
	if (value_of(d, o, "scheduleType", &text)) {
		t->on_demand = slice_equal_caseless(buf_slice(&text), SLICE("ondemand"));
		t->at_end = slice_equal_caseless(buf_slice(&text), SLICE("timeseries"));
	}
	const struct dp_object *schedule = dp_target(d, o, "schedule");
	if (t->on_demand) {
		t->count = 1;
		t->recurrence = (struct dp_recurrence){.start = activated, .every = 1};
	} else if (!schedule) {
		why = "has no schedule";
	} else if (!value_of(d, schedule, "period", &text) ||
		   !dp_recurrence_read(buf_slice(&text), &t->recurrence)) {
		why = "has a schedule whose period cannot be read";
	} else {
		t->guessed_start =
		    !read_time(d, schedule, "startDateTime", &text, &t->recurrence.start);
		if (t->guessed_start)
			t->recurrence.start = activated;
		t->count = count_of(d, schedule, t, &text);
	}
	buf_free(&text);
	return why;
}

int64_t
times_begin(const struct times *t, int64_t n)
{
	return t->on_demand ? t->recurrence.start
			    : dp_recurrence_time(&t->recurrence, n + t->at_end);
}

void
expand_field(struct dp_run *run, struct slice value, struct expanded *e)
{
	*e = (struct expanded){0};
	dp_run_expand(run, &e->text, value, &e->faults);
	e->is_open = dp_has_expression(buf_slice(&e->text));
}
