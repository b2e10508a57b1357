/* SPDX-License-Identifier: MIT */
#include "common/batch/slots.h"

const char *const slot_state_names[SLOT_STATES] = {
    [SLOT_NONE] = "none",
    [SLOT_DUE] = "due",
    [SLOT_RUNNING] = "running",
    [SLOT_OK] = "ok",
    [SLOT_WARNED] = "warned",
    [SLOT_FAILED] = "failed",
    [SLOT_TIMEOUT] = "timeout",
    [SLOT_CANCELED] = "canceled",
    [SLOT_LOST] = "lost",
    [SLOT_MISSING] = "missing",
};

enum slot_state
slot_state_of(struct slice word)
{
	for (size_t i = SLOT_RUNNING; i <= SLOT_LOST; i++)
		if (slice_is(word, slot_state_names[i]))
			return (enum slot_state)i;
	return SLOT_FAILED;
}

bool
slot_state_is_good(enum slot_state state)
{
	return state == SLOT_OK || state == SLOT_WARNED;
}

bool
slot_state_is_bad(enum slot_state state)
{
	return state >= SLOT_FAILED;
}

/* One more run of the slot: a good one decides, else the last one. */
static void
add_run(const struct slots_question *q, struct slot *s, size_t run)
{
	enum slot_state state = q->runs[run].state;
	s->runs++;
	if (s->runs > 1 && slot_state_is_good(s->state) && !slot_state_is_good(state))
		return;
	s->state = state;
	s->run = run;
}

static void
judge(const struct slots_question *q, struct slot *s)
{
	bool past = q->now - s->time > q->late;
	if (s->runs)
		s->late = past && !slot_state_is_good(s->state);
	else
		s->state = past ? SLOT_MISSING : SLOT_DUE;
}

static size_t
place_of(const struct slot *slots, size_t n, int64_t time)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slots[middle].time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && slots[low].time == time ? low : n;
}

static bool
last_time(const struct slots_question *q, int64_t until, int64_t *at)
{
	int64_t seconds;
	int64_t whole = until / 1000 - (until % 1000 < 0);
	if (!schedule_last(q->schedule, q->zone, whole, &seconds))
		return false;
	*at = seconds * 1000;
	return true;
}

/*
 * Slots before the first known run are ignored; of a batch that never ran only
 * the last slot counts.
 */
static void
forget_early(const struct slots_question *q, struct slot *slots, size_t n)
{
	int64_t first = INT64_MAX;
	for (size_t i = 0; i < q->n; i++)
		if (q->runs[i].started < first)
			first = q->runs[i].started;
	for (size_t i = 0; i < n; i++) {
		bool counts = q->n ? slots[i].time + q->late > first : i + 1 == n;
		if (slots[i].state == SLOT_MISSING && !counts)
			slots[i].state = SLOT_NONE;
	}
}

static size_t
scheduled(const struct slots_question *q, struct slot *out, size_t max)
{
	size_t n = 0;
	for (int64_t until = q->now, at; n < max && last_time(q, until, &at); until = at - 1000)
		out[n++] = (struct slot){.time = at};
	for (size_t i = 0; i < n / 2; i++) {
		struct slot swap = out[i];
		out[i] = out[n - 1 - i];
		out[n - 1 - i] = swap;
	}
	for (size_t i = 0; i < q->n; i++) {
		size_t place = place_of(out, n, q->runs[i].slot);
		if (place < n)
			add_run(q, &out[place], i);
	}
	for (size_t i = 0; i < n; i++)
		judge(q, &out[i]);
	forget_early(q, out, n);
	return n;
}

/* Adds a run to the slots of the runs before it, in the order of their time; the first one falls out when all max are taken. */
static size_t
insert(const struct slots_question *q, struct slot *out, size_t n, size_t max, size_t run)
{
	int64_t time = q->runs[run].slot;
	size_t at = place_of(out, n, time);
	if (at < n) {
		add_run(q, &out[at], run);
		return n;
	}
	while (at > 0 && out[at - 1].time > time)
		at--;
	if (n == max) {
		if (at == 0)
			return n;
		memmove(out, out + 1, (at - 1) * sizeof *out);
		at--;
	} else {
		memmove(out + at + 1, out + at, (n - at) * sizeof *out);
		n++;
	}
	out[at] = (struct slot){.time = time};
	add_run(q, &out[at], run);
	return n;
}

static size_t
unscheduled(const struct slots_question *q, struct slot *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; max && i < q->n; i++)
		n = insert(q, out, n, max, i);
	return n;
}

size_t
slots_last(const struct slots_question *q, struct slot *out, size_t max)
{
	return q->schedule ? scheduled(q, out, max) : unscheduled(q, out, max);
}

static bool
same_work(const struct slot_run *a, const struct slot_run *b)
{
	return a->slot == b->slot && slice_equal(a->from, b->from) && slice_equal(a->to, b->to);
}

/* The last run of its work, none of which was good. Counts the runs. */
static bool
is_open(const struct slots_question *q, size_t run, struct slot *s)
{
	*s = (struct slot){.time = q->runs[run].slot};
	for (size_t i = 0; i < q->n; i++) {
		if (!same_work(&q->runs[i], &q->runs[run]))
			continue;
		if (i > run || slot_state_is_good(q->runs[i].state))
			return false;
		add_run(q, s, i);
	}
	return true;
}

size_t
slots_off_schedule(const struct slots_question *q, const struct slot *shown, size_t shown_n,
    int64_t since, struct slot *out, size_t max)
{
	size_t n = 0;
	int64_t due;
	if (!q->schedule)
		return 0;
	for (size_t i = q->n; i-- > 0 && n < max;) {
		const struct slot_run *r = &q->runs[i];
		if (r->started < since || slot_state_is_good(r->state) ||
		    place_of(shown, shown_n, r->slot) < shown_n ||
		    (last_time(q, r->started, &due) && due == r->slot) || !is_open(q, i, &out[n]))
			continue;
		n++;
	}
	return n;
}

bool
slots_next(const struct slots_question *q, int64_t *at)
{
	int64_t seconds;
	if (!q->schedule || !schedule_next(q->schedule, q->zone, q->now / 1000, &seconds))
		return false;
	*at = seconds * 1000;
	return true;
}
