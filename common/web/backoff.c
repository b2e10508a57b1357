/* SPDX-License-Identifier: MIT */
#include "common/web/backoff.h"

int64_t
backoff_bound(int64_t base, unsigned tries)
{
	int64_t bound = base;
	while (tries > 0 && bound < BACKOFF_MAX) {
		bound *= 2;
		tries--;
	}
	return bound > BACKOFF_MAX ? BACKOFF_MAX : bound;
}

int64_t
backoff_wait(int64_t base, unsigned tries, uint64_t noise)
{
	return (int64_t)(noise % ((uint64_t)backoff_bound(base, tries) + 1));
}

int64_t
interval_next(int64_t wait, int64_t max)
{
	if (wait >= max)
		return wait;
	return wait > max / 2 ? max : wait * 2;
}

int64_t
rate_wait(const struct rate *r, int64_t now)
{
	if (!r->limit || r->n < r->limit)
		return 0;
	int64_t free = r->times[r->at] + r->period;
	return free > now ? free - now : 0;
}

void
rate_count(struct rate *r, int64_t now)
{
	if (!r->limit)
		return;
	r->times[r->at] = now;
	r->at = (r->at + 1) % r->limit;
	if (r->n < r->limit)
		r->n++;
}
