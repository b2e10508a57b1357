/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/feed.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job_values.h"
#include "stages/fetch-api/workers.h"

static struct group unit;      /* of the next task: a record, or a group */
static struct group peeked;    /* the record after it, if that had to be read */
static struct buf after_unit;  /* state of the input that came since the unit began */
static struct windows windows; /* of the unit */
static struct window ahead;    /* its next one */
static bool has_ahead;
static bool asked; /* there was a task before */
static bool ended;

/* An item of the input that is no record. */
static void
pass(enum stream_kind kind, struct slice raw)
{
	if (!fetch.out)
		return;
	if (kind == STREAM_COVERAGE)
		coverage_pass(raw);
	if (kind != STREAM_STATE)
		return;
	if (unit.n)
		buf_put_slice(&after_unit, raw);
	else
		workers_pass(raw);
	buf_check(&after_unit, "state of the input", NULL);
}

/* Whether --skip-without leaves the record out. */
static bool
is_skipped(const struct record *r)
{
	for (size_t i = 0; i < config.skip_without.n; i++) {
		struct slice name = slice_of(config.skip_without.items[i]);
		struct value v;
		if (job_values_has(name))
			continue;
		if (!record_get_path(r, name, &v) || v.type == VALUE_NULL ||
		    (v.type == VALUE_TEXT && !v.s.n))
			return true;
	}
	return false;
}

/* The windows of the peeked record are covered, by no records. */
static void
cover_skipped(void)
{
	static struct task skipped;
	struct task *current = fetch.task;
	struct windows its;
	task_take(&skipped, &peeked);
	fetch.task = &skipped;
	windows_begin(&its);
	while (windows_next(&its, &skipped.window))
		coverage_skip();
	coverage_join(&skipped.coverage);
	fetch.task = current;
}

static void
take_record(struct slice raw)
{
	static struct record record;
	/* A rehearsal asks once; the input is read to its end all the same, which proves it whole. */
	if (asked && stream_in_dry(fetch.in))
		return;
	stream_decode(fetch.in, raw, &record);
	peeked.n = 0;
	group_add(&peeked, raw, stream_schema(fetch.in), stream_record_number(fetch.in));
	if (!is_skipped(&peeked.list[0].record))
		return;
	fetch.skipped++;
	if (fetch.out)
		cover_skipped();
	peeked.n = 0;
}

static void
read_item(void)
{
	struct slice raw;
	enum stream_kind kind = stream_next(fetch.in, &raw);
	if (kind == STREAM_END)
		ended = true;
	else if (kind == STREAM_RECORD)
		take_record(raw);
	else
		pass(kind, raw);
}

static struct slice
value_to_group_by(const struct task_record *r, const char *field)
{
	struct value v;
	if (!record_get_path(&r->record, slice_of(field), &v))
		die(STATUS_DATA, "record %" PRIu64 ": --group-by: it has no field %s", r->number,
		    quoted(slice_of(field)));
	return v.raw;
}

/* Whether the peeked record is of the unit. */
static bool
belongs(void)
{
	if (!unit.n)
		return true;
	if (unit.n >= (size_t)config.group)
		return false;
	for (size_t i = 0; i < config.group_by.n; i++)
		if (!slice_equal(value_to_group_by(&unit.list[0], config.group_by.items[i]),
			value_to_group_by(&peeked.list[0], config.group_by.items[i])))
			return false;
	return true;
}

static void
take_peeked(void)
{
	const struct task_record *r = &peeked.list[0];
	if (unit.n) {
		group_add(&unit, buf_slice(&r->raw), &r->schema, r->number);
	} else {
		struct group old = unit;
		unit = peeked;
		peeked = old;
	}
	peeked.n = 0;
}

static bool
can_read(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	return stream_ahead(fetch.in) || poll(&input, 1, 0) > 0;
}

/* Reads until the unit is complete, or the input has ended; false if that would have to wait. */
static bool
gather(bool wait)
{
	size_t most = config.group ? (size_t)config.group : 1;
	for (;;) {
		if (peeked.n && !belongs())
			return true;
		if (peeked.n)
			take_peeked();
		if (ended || (unit.n == most))
			return true;
		if (!wait && !can_read())
			return false;
		read_item();
	}
}

bool
feed_is_ready(void)
{
	return !config.each || has_ahead || gather(false);
}

/* Its last window takes the unit with it. */
static void
give_unit(struct task *t)
{
	struct group copy = t->group;
	if (has_ahead) {
		group_copy(&copy, &unit);
		task_take(t, &copy);
		return;
	}
	task_take(t, &unit);
	unit.n = 0;
	const char *p = after_unit.p, *end = p + after_unit.n;
	while (p < end) {
		const char *next = mp_skip(p, end);
		output_item(&t->after, (struct slice){p, (size_t)(next - p)});
		p = next;
	}
	buf_reset(&after_unit);
}

bool
feed_next(struct task *t)
{
	while (!has_ahead) {
		if (config.each ? !gather(true) || !unit.n : asked)
			return false;
		asked = true;
		windows_begin(&windows);
		has_ahead = windows_next(&windows, &ahead);
	}
	/* Exchanged, so that their memory is used again. */
	struct window window = t->window;
	t->window = ahead;
	ahead = window;
	has_ahead = windows_next(&windows, &ahead);
	if (config.each)
		give_unit(t);
	else
		task_clear(t);
	return true;
}
