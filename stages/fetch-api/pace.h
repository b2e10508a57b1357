/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_PACE_H
#define STAGES_FETCH_API_PACE_H

#include "stages/fetch-api/request.h"
#include "stages/fetch-api/retry.h"

/*
 * When a request may be sent: not more often than --rate allows, and not before the end
 * of a pause that the API asked for. Both are for all requests of the process; with
 * --limiter for those of all processes that share the file.
 */

/* To be called once before the first request. */
void pace_init(void);

/*
 * Waits until a request may be sent, and counts it. Dies if that takes longer than the
 * time that is left for it. To be called when nothing else is to be waited for any more.
 * Returns a number for pace_done.
 */
uint64_t pace_wait(const struct request *q, const struct retry *tries);
/* The answer is there, or the request failed. */
void pace_done(uint64_t number);

/* No request is sent in the next ms milliseconds, for the reason why. told: the server asks for it. */
void pace_hold(int64_t ms, struct slice why, bool told);

#endif
