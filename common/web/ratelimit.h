/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_RATELIMIT_H
#define COMMON_WEB_RATELIMIT_H

#include "common/text/bytes.h"

/*
 * The header fields of the IETF's draft "RateLimit header fields for HTTP", in its three
 * generations:
 *
 * 	RateLimit: "burst";r=0;t=30         since draft 8, with
 * 	RateLimit-Policy: "burst";q=100;w=60
 * 	RateLimit: limit=100, remaining=0, reset=30     draft 7
 * 	RateLimit-Remaining: 0, RateLimit-Reset: 30     up to draft 6
 */

/*
 * How long to wait until every quota that is used up is there again, in milliseconds. -1
 * if the lines have no such field, or none is used up. A quota without its time takes the
 * window of its policy. A number above 10^9 is a time, as in wait_retry_after.
 */
int64_t ratelimit_wait(struct slice lines, int64_t now);

#endif
