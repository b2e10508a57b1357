/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_BACKOFF_H
#define COMMON_WEB_BACKOFF_H

#include "common/text/bytes.h"

/* How long to wait before a try is repeated. All times are milliseconds. */

enum { BACKOFF_MAX = 60 * 1000 }; /* of one wait that the server did not ask for */

/*
 * Exponential backoff with full jitter: a random time from 0 up to base, and up to
 * twice the bound before for each further try (0: the first), so that many who
 * failed together do not come back together. noise is a random number.
 */
int64_t backoff_bound(int64_t base, unsigned tries); /* the most that it can be */
int64_t backoff_wait(int64_t base, unsigned tries, uint64_t noise);

/* The wait before the next question about something that takes its time: twice the last one, at most max. */
int64_t interval_next(int64_t wait, int64_t max);

/* At most limit requests in any period; all-zero but for limit and period is ready. */
struct rate {
	size_t limit; /* 0: no limit */
	int64_t period;
	int64_t *times; /* of the last limit requests, a ring; limit places, the caller's */
	size_t n, at;
};

/* How long the next request must wait at the time now (of any steady clock). */
int64_t rate_wait(const struct rate *r, int64_t now);
/* A request is sent at this time. */
void rate_count(struct rate *r, int64_t now);

#endif
