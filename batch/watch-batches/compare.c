/* SPDX-License-Identifier: MIT */
/*
 * Finds the events that are new for a channel. A bad slot is reported once for
 * each state that it has: a missing run may become a failed one, but another
 * failure is not new. A problem is over when its slot has a good run, or a
 * later slot of the schedule has.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "batch/watch-batches/watch.h"
#include "common/operate/records.h"
#include "common/program/message.h"
#include "common/time/iso.h"

/* Milliseconds: a record of a host that could not reach the history arrives as late as this. */
static const int64_t delay_max = 24LL * 60 * 60 * 1000;

const char *const event_text_names[EVENT_TEXTS] = {
    [EVENT_KIND] = "kind",
    [EVENT_BATCH] = "batch",
    [EVENT_SLOT] = "slot",
    [EVENT_LOCAL] = "slot_local",
    [EVENT_RESOLVED] = "resolved",
    [EVENT_OWNER] = "owner",
    [EVENT_TARGET] = "target",
    [EVENT_STATUS] = "status",
    [EVENT_MESSAGE] = "message",
    [EVENT_LOG] = "log",
    [EVENT_RERUN] = "rerun",
};

void
event_free(struct event *e)
{
	for (size_t i = 0; i < EVENT_TEXTS; i++)
		buf_free(&e->text[i]);
}

struct event *
event_add(struct channel *c)
{
	if (c->events_n == EVENTS_MAX) {
		event_free(&c->events[0]);
		memmove(c->events, c->events + 1, (EVENTS_MAX - 1) * sizeof *c->events);
		c->events_n--;
		c->dropped++;
	}
	c->events = xrealloc(c->events, (c->events_n + 1) * sizeof *c->events);
	c->events[c->events_n] = (struct event){0};
	return &c->events[c->events_n++];
}

static bool
is_wrong(const struct slot *s)
{
	return slot_state_is_bad(s->state) || (s->state == SLOT_RUNNING && s->late);
}

static const char *
kind_of(const struct slot *s)
{
	return s->state == SLOT_RUNNING ? "late" : slot_state_names[s->state];
}

/* A slot that went wrong, as it is compared. */
struct problem {
	const struct overview_batch *batch;
	const struct slot *slot;
	const struct past_run *run; /* may be NULL */
	bool resolved;
	struct buf where; /* slot and window */
	struct buf key;
};

/* When it could first be seen. */
static int64_t
seen_at(const struct problem *p)
{
	int64_t seen;
	if (!p->run || p->slot->state == SLOT_RUNNING)
		return p->slot->time + p->batch->late;
	if (p->run->ended)
		return p->run->ended;
	return run_read_time(p->run->text[RUN_SEEN], &seen) ? seen + LOST_AFTER : p->run->started;
}

static void
put_instant(struct buf *b, const struct overview_batch *batch, int64_t at)
{
	int64_t seconds = at / 1000, offset = zone_offset(batch->zone, seconds);
	size_t start = b->n;
	iso_put_datetime(b, (seconds + offset) * 1000000);
	if (!b->failed)
		b->p[start + 10] = ' ';
	if (batch->scheduled)
		buf_printf(b, " %.*s", (int)batch->schedule.zone.n, batch->schedule.zone.p);
	else
		buf_put_text(b, " UTC");
}

static void
put_rerun(struct buf *b, const struct problem *p)
{
	const struct past_run *r = p->run;
	/* A name from a foreign history goes into no command. */
	if (!p->batch->file || !head_name_is_good(p->batch->name))
		return;
	buf_put_text(b, "run-batch ");
	if (r && r->text[RUN_FROM].n == 10 && r->text[RUN_TO].n == 10)
		buf_printf(b, "--from %.10s --to %.10s ", r->text[RUN_FROM].p, r->text[RUN_TO].p);
	/* Without a schedule each run is for a slot of its own. */
	if (p->batch->scheduled) {
		buf_put_text(b, "--slot ");
		iso_put_timestamp(
		    b, p->slot->time / 1000, (uint32_t)(p->slot->time % 1000) * 1000000);
		buf_put_byte(b, ' ');
	}
	buf_put_slice(b, p->batch->name);
}

static void
put_text(struct event *e, enum event_text which, struct slice text)
{
	buf_put_slice(&e->text[which], text);
}

static void
fill(struct event *e, const struct problem *p)
{
	const struct past_run *r = p->run;
	put_text(e, EVENT_KIND, slice_of(kind_of(p->slot)));
	put_text(e, EVENT_BATCH, p->batch->name);
	run_put_time(&e->text[EVENT_SLOT], p->slot->time);
	put_instant(&e->text[EVENT_LOCAL], p->batch, p->slot->time);
	if (p->resolved)
		put_text(e, EVENT_RESOLVED, SLICE("yes"));
	if (p->batch->file)
		put_text(e, EVENT_OWNER, p->batch->file->head.owner);
	put_text(e, EVENT_TARGET, overview_target(p->batch));
	put_rerun(&e->text[EVENT_RERUN], p);
	if (!r)
		return;
	if (!e->text[EVENT_OWNER].n)
		put_text(e, EVENT_OWNER, r->text[RUN_OWNER]);
	if (r->number[RUN_STATUS] > 0)
		buf_printf(&e->text[EVENT_STATUS], "%" PRId64, r->number[RUN_STATUS]);
	put_text(e, EVENT_MESSAGE, r->text[RUN_MESSAGE]);
	if (r->text[RUN_FOLDER].n) {
		put_text(e, EVENT_LOG, r->text[RUN_FOLDER]);
		put_text(e, EVENT_LOG, SLICE("/log"));
	}
}

static struct problem
problem_of(const struct overview_batch *b, const struct slot *s, bool resolved, bool off)
{
	struct problem p = {
	    .batch = b, .slot = s, .resolved = resolved, .run = s->runs ? &b->runs[s->run] : NULL};
	buf_printf(&p.where, "%" PRId64, s->time);
	/* Off the schedule one slot may have runs of several windows. */
	if (off)
		buf_printf(&p.where, " %.*s %.*s", (int)p.run->text[RUN_FROM].n,
		    p.run->text[RUN_FROM].p, (int)p.run->text[RUN_TO].n, p.run->text[RUN_TO].p);
	buf_put_slice(&p.key, buf_slice(&p.where));
	buf_printf(&p.key, " %s", kind_of(s));
	buf_check(&p.key, "the key of a problem", NULL);
	return p;
}

/* The problem is known in this state; or it is late, and was reported as something else already. */
static bool
knows(struct channel *c, const struct problem *p)
{
	bool late = p->slot->state == SLOT_RUNNING;
	for (size_t i = 0; i < c->known_n; i++) {
		struct known *k = &c->known[i];
		if (!slice_equal(buf_slice(&k->batch), p->batch->name))
			continue;
		bool same = slice_equal(buf_slice(&k->key), buf_slice(&p->key));
		bool same_slot = late && slice_equal(buf_slice(&k->slot), buf_slice(&p->where));
		if (!same && !same_slot)
			continue;
		k->here = true;
		k->open |= !p->resolved;
		return true;
	}
	return false;
}

static void
learn(struct channel *c, const struct problem *p)
{
	c->known = xrealloc(c->known, (c->known_n + 1) * sizeof *c->known);
	struct known *k = &c->known[c->known_n++];
	*k = (struct known){.here = true, .open = !p->resolved, .closed = p->resolved};
	buf_put_slice(&k->batch, p->batch->name);
	buf_put_slice(&k->key, buf_slice(&p->key));
	buf_put_slice(&k->slot, buf_slice(&p->where));
}

static void
look(struct channel *c, struct problem p)
{
	/* Once it is over, it is reported only if it is recent; records may arrive late. */
	bool stale = p.resolved && (!c->looked || seen_at(&p) <= c->looked - delay_max);
	if (!knows(c, &p)) {
		if (!stale)
			fill(event_add(c), &p);
		learn(c, &p);
	}
	buf_free(&p.key);
	buf_free(&p.where);
}

static void
look_at_batch(struct channel *c, const struct overview_batch *b)
{
	size_t good = 0; /* after the last good slot */
	for (size_t i = 0; i < b->slots_n; i++)
		if (slot_state_is_good(b->slots[i].state))
			good = i + 1;
	for (size_t i = 0; i < b->slots_n; i++)
		if (is_wrong(&b->slots[i]))
			look(c, problem_of(b, &b->slots[i], i < good, false));
	for (size_t i = b->off_n; i-- > 0;)
		if (is_wrong(&b->off[i]))
			look(c, problem_of(b, &b->off[i], false, true));
}

static void
known_free(struct known *k)
{
	buf_free(&k->batch);
	buf_free(&k->key);
	buf_free(&k->slot);
}

/*
 * Closes the problems that are over. Returns whether the batch had some, and
 * has none left.
 */
static bool
close_over(struct channel *c, struct slice batch)
{
	bool over = false, open = false;
	size_t kept = 0;
	for (size_t i = 0; i < c->known_n; i++) {
		struct known *k = &c->known[i];
		if (slice_equal(buf_slice(&k->batch), batch)) {
			open |= k->open;
			over |= !k->open && !k->closed;
			k->closed = !k->open;
			if (!k->here) {
				known_free(k);
				continue;
			}
		}
		c->known[kept++] = *k;
	}
	c->known_n = kept;
	return over && !open;
}

static void
recovered(struct channel *c, const struct overview_batch *b)
{
	const struct slot *last = overview_last(b);
	/* Its problems may also have left the view. */
	if (last && !slot_state_is_good(last->state))
		return;
	struct event *e = event_add(c);
	put_text(e, EVENT_KIND, SLICE("recovered"));
	put_text(e, EVENT_BATCH, b->name);
	if (last) {
		run_put_time(&e->text[EVENT_SLOT], last->time);
		put_instant(&e->text[EVENT_LOCAL], b, last->time);
	}
	if (b->file)
		put_text(e, EVENT_OWNER, b->file->head.owner);
	put_text(e, EVENT_TARGET, overview_target(b));
}

static bool
is_batch(const struct overview *o, struct slice name)
{
	for (size_t i = 0; i < o->n; i++)
		if (slice_equal(o->items[i].name, name))
			return true;
	return false;
}

void
compare(struct channel *c, const struct overview *o)
{
	for (size_t i = 0; i < c->known_n; i++)
		c->known[i].here = c->known[i].open = false;
	for (size_t i = 0; i < o->n; i++)
		look_at_batch(c, &o->items[i]);
	for (size_t i = 0; i < o->n; i++)
		if (close_over(c, o->items[i].name))
			recovered(c, &o->items[i]);
	/* Batches that are gone, and their history with them. */
	for (size_t i = c->known_n; i-- > 0;)
		if (!is_batch(o, buf_slice(&c->known[i].batch))) {
			known_free(&c->known[i]);
			c->known[i] = c->known[--c->known_n];
		}
	c->looked = o->now;
}
