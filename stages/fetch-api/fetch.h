/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_FETCH_H
#define STAGES_FETCH_API_FETCH_H

#include "common/program/http.h"
#include "common/stream/stream.h"

/* The state of the whole program, set up by main. */
struct fetch {
	struct stream_in *in; /* NULL without --each */
	struct stream_out *out;
	struct http *http;
	const struct record *record; /* the input's current one; NULL without --each */
	uint64_t number;             /* its number, from 1 */
	uint64_t requests, retries, ignored;
};

extern struct fetch fetch;

/* A clock that only goes forward, in milliseconds. */
int64_t now_ms(void);
/* Sends the records that are ready, and sleeps. */
void sleep_ms(int64_t ms);

#endif
