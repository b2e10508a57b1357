/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "common/text/hash.h"
#include "common/web/limiter.h"

enum {
	GRACE = 1000, /* a waiter is late, and not dead */
	FORGET = 60 * 1000,
	FLIGHT_MIN = 50, /* how long a request may be on its way to the server */
	FLIGHT_MAX = 1000,
};

static const char magic[16] = "mam-limiter 1\n";

_Static_assert(sizeof(struct limiter) <= LIMITER_PAGE, "the head is one page");

void
limiter_start(struct limiter *l)
{
	memset(l, 0, sizeof *l);
	memcpy(l->magic, magic, sizeof magic);
}

static uint64_t
sum(const struct limiter *l)
{
	return hash64(l, offsetof(struct limiter, hash));
}

void
limiter_seal(struct limiter *l)
{
	l->hash = sum(l);
}

bool
limiter_read(struct limiter *l, struct slice page)
{
	if (page.n < sizeof *l)
		return false;
	memcpy(l, page.p, sizeof *l);
	return memcmp(l->magic, magic, sizeof magic) == 0 && l->hash == sum(l) &&
	       l->n_waiters <= LIMITER_WAITERS;
}

int64_t
limiter_clock(struct limiter *l, const char *boot, int64_t steady, int64_t wall)
{
	char name[LIMITER_BOOT] = {0};
	strncpy(name, boot, sizeof name - 1);
	if (memcmp(name, l->boot, sizeof name) != 0) {
		int64_t passed = wall - l->last_wall;
		memcpy(l->boot, name, sizeof name);
		l->base = l->last + (passed > 0 ? passed : 0) - steady;
	}
	int64_t now = steady + l->base;
	/* Two clocks of one boot that differ (a namespace of times) must not turn it back. */
	if (now < l->last) {
		l->base += l->last - now;
		now = l->last;
	}
	l->last = now;
	l->last_wall = wall;
	return now;
}

/* The budgets in use, this one among them. It takes the place of one that was not used for the longest time. */
static void
use_budget(struct limiter *l, const struct limiter_budget *budget, int64_t now)
{
	size_t place = 0;
	for (size_t i = 0; i < LIMITER_BUDGETS; i++) {
		const struct limiter_budget *b = &l->budgets[i];
		if (b->limit == budget->limit && b->period == budget->period) {
			place = i;
			break;
		}
		if (b->used < l->budgets[place].used)
			place = i;
	}
	l->budgets[place] = *budget;
	l->budgets[place].used = now;
}

static bool
is_used(const struct limiter_budget *b, int64_t now)
{
	return b->limit && (now - b->used < FORGET || now - b->used < b->period);
}

bool
limiter_other(const struct limiter *l, const struct limiter_budget *budget, int64_t now,
    struct limiter_budget *other)
{
	for (size_t i = 0; i < LIMITER_BUDGETS; i++) {
		*other = l->budgets[i];
		if (is_used(other, now) &&
		    (other->limit != budget->limit || other->period != budget->period))
			return true;
	}
	return false;
}

/*
 * When at the latest the server counted the request: it was there before its answer came.
 * A long answer is one that takes long to make; the request was there soon.
 */
static int64_t
counted(const struct limiter_request *r, const struct limiter_budget *b, int64_t now)
{
	int64_t flight = b->period / 4;
	flight = flight < FLIGHT_MIN ? FLIGHT_MIN : flight > FLIGHT_MAX ? FLIGHT_MAX : flight;
	if (r->answered && r->answered < r->sent + flight)
		return r->answered;
	/* Its answer may come while we wait, so the earliest time is where to look again. */
	return !r->answered && now < r->sent + b->period ? r->sent : r->sent + flight;
}

/* When the request number l->count + ahead may be sent by one budget; times are those of the ahead requests before it. */
static int64_t
time_of(const struct limiter *l, const struct limiter_budget *b, size_t ahead, const int64_t *times,
    int64_t now, limiter_get *get, void *context)
{
	uint64_t number = l->count + ahead;
	if (number < (uint64_t)b->limit)
		return 0;
	number -= (uint64_t)b->limit;
	if (number >= l->count)
		return times[number - l->count] + b->period;
	struct limiter_request r = get(context, number);
	return counted(&r, b, now) + b->period;
}

/* When the waiter with this many before it may send. */
static int64_t
turn(const struct limiter *l, size_t ahead, int64_t now, limiter_get *get, void *context)
{
	int64_t times[LIMITER_WAITERS + 1], last = l->not_before > now ? l->not_before : now;
	for (size_t k = 0; k <= ahead; k++) {
		for (size_t i = 0; i < LIMITER_BUDGETS; i++) {
			if (!is_used(&l->budgets[i], now))
				continue;
			int64_t t = time_of(l, &l->budgets[i], k, times, now, get, context);
			last = t > last ? t : last;
		}
		times[k] = last;
	}
	return last;
}

/* Without those that did not come: they were killed. */
static void
drop_dead(struct limiter *l, uint64_t id, int64_t now)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n_waiters; i++)
		if (l->waiters[i].id == id || l->waiters[i].wake + GRACE >= now)
			l->waiters[n++] = l->waiters[i];
	l->n_waiters = n;
}

static void
remove_waiter(struct limiter *l, size_t at)
{
	if (at >= l->n_waiters)
		return;
	l->n_waiters--;
	memmove(&l->waiters[at], &l->waiters[at + 1], (l->n_waiters - at) * sizeof *l->waiters);
}

int64_t
limiter_ask(struct limiter *l, const struct limiter_budget *budget, uint64_t id, int64_t now,
    limiter_get *get, void *context, uint64_t *number)
{
	size_t at = 0;
	use_budget(l, budget, now);
	drop_dead(l, id, now);
	while (at < l->n_waiters && l->waiters[at].id != id)
		at++;
	int64_t when = turn(l, at, now, get, context);
	if (when <= now) {
		remove_waiter(l, at);
		*number = l->count++;
		return 0;
	}
	/* Where the queue is full, one more asks again without a place in it. */
	if (at == l->n_waiters && at < LIMITER_WAITERS)
		l->n_waiters++;
	if (at < LIMITER_WAITERS)
		l->waiters[at] = (struct limiter_waiter){id, when};
	return when - now;
}

void
limiter_hold(struct limiter *l, int64_t until)
{
	if (until > l->not_before)
		l->not_before = until;
}
