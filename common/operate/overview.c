/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "common/operate/overview.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"

enum { DAY = 24 * 60 * 60 * 1000 };

/* The place of a name in the items: where it is, or where it belongs. */
static size_t
place_of(const struct overview *o, struct slice name, bool *there)
{
	size_t low = 0, high = o->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slice_compare(o->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*there = low < o->n && slice_equal(o->items[low].name, name);
	return low;
}

static struct overview_batch *
batch_named(struct overview *o, struct slice name)
{
	bool there;
	size_t at = place_of(o, name, &there);
	if (there)
		return &o->items[at];
	if (o->n == OVERVIEW_BATCHES_MAX)
		return NULL;
	o->items = xrealloc(o->items, (o->n + 1) * sizeof *o->items);
	memmove(o->items + at + 1, o->items + at, (o->n - at) * sizeof *o->items);
	o->n++;
	o->items[at] = (struct overview_batch){.late = SLOT_LATE, .zone = zone_fixed(SLICE("UTC"))};
	return &o->items[at];
}

static void
set_schedule(struct overview_batch *b)
{
	struct slice at;
	const char *wrong;
	/* A schedule that cannot be read is the head's mistake already. */
	if (!b->file->head.schedule.n || schedule_read(b->file->head.schedule, &b->schedule, &at))
		return;
	const struct zone *zone = zone_named(b->schedule.zone, &wrong);
	if (zone) {
		b->zone = zone;
		b->scheduled = true;
	} else if (!b->mistake.n)
		buf_printf(&b->mistake, "schedule: the zone \"%.*s\" %s", (int)b->schedule.zone.n,
		    b->schedule.zone.p, wrong);
}

static void
add_file(struct overview *o, const struct batch *file)
{
	struct overview_batch *b = batch_named(o, file->name);
	if (!b)
		return;
	if (b->file) {
		buf_reset(&b->mistake);
		buf_printf(&b->mistake, "its name is also that of %s", file->path);
		return;
	}
	b->name = file->name;
	b->file = file;
	if (!file->good)
		buf_printf(&b->mistake, "line %zu: %s", file->mistake.line, file->mistake.text);
	if (file->head.late)
		b->late = file->head.late;
	set_schedule(b);
}

static int64_t
time_of(const struct run *r, enum run_text which)
{
	int64_t t;
	return run_read_time(run_get(r, which), &t) ? t : 0;
}

/* Texts that are longer are cut between two characters. */
static size_t
kept_bytes(struct slice text)
{
	if (text.n <= OVERVIEW_TEXT_MAX)
		return text.n;
	size_t n = OVERVIEW_TEXT_MAX;
	while (n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void
copy_run(struct past_run *to, const struct run *r)
{
	size_t bytes = 1;
	for (size_t i = 0; i < RUN_TEXTS; i++)
		bytes += i == RUN_STAGES ? 0 : kept_bytes(run_get(r, (enum run_text)i));
	*to = (struct past_run){.slot = time_of(r, RUN_SLOT),
	    .started = time_of(r, RUN_STARTED),
	    .ended = time_of(r, RUN_ENDED),
	    .state = slot_state_of(run_get(r, RUN_STATE)),
	    .memory = xmalloc(bytes)};
	char *p = to->memory;
	for (size_t i = 0; i < RUN_TEXTS; i++) {
		struct slice text = run_get(r, (enum run_text)i);
		size_t n = i == RUN_STAGES ? 0 : kept_bytes(text);
		if (n)
			memcpy(p, text.p, n);
		to->text[i] = (struct slice){p, n};
		p += n;
	}
	memcpy(to->number, r->number, sizeof to->number);
}

static void
drop_first(struct overview_batch *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(b->runs[i].memory);
	if (b->n > n)
		memmove(b->runs, b->runs + n, (b->n - n) * sizeof *b->runs);
	b->n -= n;
}

static void
add_run(struct overview_batch *b, const struct run *r)
{
	/* Half of them at once, so that not every run moves all others. */
	if (b->n == 2 * OVERVIEW_RUNS_MAX)
		drop_first(b, OVERVIEW_RUNS_MAX);
	if ((b->n & (b->n - 1)) == 0)
		b->runs = xrealloc(b->runs, (b->n ? 2 * b->n : 1) * sizeof *b->runs);
	copy_run(&b->runs[b->n++], r);
}

static void
take_run(void *context, const struct run *r)
{
	struct overview *o = context;
	struct slice name = run_get(r, RUN_BATCH);
	struct overview_batch *b = batch_named(o, name);
	if (!b) {
		o->names_left_out++;
		return;
	}
	if (!b->name.p) {
		char *copy = xmalloc(name.n + 1);
		if (name.n)
			memcpy(copy, name.p, name.n);
		b->name = (struct slice){copy, name.n};
	}
	add_run(b, r);
}

static void
take_run_of(void *context, const struct run *r)
{
	add_run(context, r);
}

static struct slots_question
question(const struct overview *o, struct overview_batch *b)
{
	b->brief = xrealloc(b->brief, (b->n + 1) * sizeof *b->brief);
	for (size_t i = 0; i < b->n; i++)
		b->brief[i] = (struct slot_run){.slot = b->runs[i].slot,
		    .started = b->runs[i].started,
		    .state = b->runs[i].state,
		    .from = b->runs[i].text[RUN_FROM],
		    .to = b->runs[i].text[RUN_TO]};
	return (struct slots_question){.schedule = b->scheduled ? &b->schedule : NULL,
	    .zone = b->zone,
	    .now = o->now,
	    .late = b->late,
	    .runs = b->brief,
	    .n = b->n};
}

static bool
select_since(struct history *h, int64_t since, struct slice batch, history_row *row, void *context)
{
	struct buf text = {0};
	run_put_time(&text, since);
	bool good =
	    !text.failed &&
	    history_select(h,
		&(struct history_query){.batch = batch, .since = buf_slice(&text), .brief = true},
		row, context);
	buf_free(&text);
	return good;
}

static bool
judge(struct overview *o, struct history *h, struct overview_batch *b, size_t slots)
{
	struct slots_question q = question(o, b);
	b->slots_n = slots_last(&q, b->slots, slots);
	/* A schedule of a few days a year: its runs are older than those that were read. */
	if (b->scheduled && b->slots_n && b->slots[0].time < o->since) {
		drop_first(b, b->n);
		if (!select_since(h, b->slots[0].time, b->name, take_run_of, b))
			return false;
		q = question(o, b);
		b->slots_n = slots_last(&q, b->slots, slots);
	}
	b->off_n =
	    slots_off_schedule(&q, b->slots, b->slots_n, o->since, b->off, OVERVIEW_SLOTS_MAX);
	if (!slots_next(&q, &b->next))
		b->next = 0;
	return true;
}

bool
overview_read(
    struct overview *o, struct history *h, const struct batches *files, size_t slots, int64_t days)
{
	*o = (struct overview){.now = state_now()};
	o->since = o->now - days * DAY;
	for (size_t i = 0; i < files->n; i++)
		add_file(o, &files->items[i]);
	if (!select_since(h, o->since, (struct slice){0}, take_run, o))
		return false;
	if (slots > OVERVIEW_SLOTS_MAX)
		slots = OVERVIEW_SLOTS_MAX;
	for (size_t i = 0; i < o->n; i++) {
		if (o->items[i].n > OVERVIEW_RUNS_MAX)
			drop_first(&o->items[i], o->items[i].n - OVERVIEW_RUNS_MAX);
		if (!judge(o, h, &o->items[i], slots))
			return false;
	}
	return true;
}

int64_t
past_run_rows(const struct past_run *r)
{
	if (r->number[RUN_RECORDS] >= 0)
		return r->number[RUN_RECORDS];
	int64_t rows = r->number[RUN_INSERTED];
	return rows >= 0 && r->number[RUN_UPDATED] > 0 ? rows + r->number[RUN_UPDATED] : rows;
}

const struct slot *
overview_last(const struct overview_batch *b)
{
	for (size_t i = b->slots_n; i-- > 0;) {
		const struct slot *s = &b->slots[i];
		if (slot_state_is_good(s->state) || slot_state_is_bad(s->state) || s->late)
			return s;
	}
	return NULL;
}

struct slice
overview_target(const struct overview_batch *b)
{
	if (b->file && b->file->head.target.n)
		return b->file->head.target;
	return b->n ? b->runs[b->n - 1].text[RUN_TARGET] : (struct slice){"", 0};
}
