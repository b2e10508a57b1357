/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_FETCH_H
#define STAGES_FETCH_API_FETCH_H

#include "common/program/http.h"
#include "common/stream/stream.h"
#include "stages/fetch-api/task.h"

/* The state of the whole program, set up by main. */
struct fetch {
	struct stream_in *in; /* NULL without --each */
	struct stream_out *out;
	struct http *http;
	struct task *task; /* the current one; before the first one, a task without a record */
	uint64_t requests, retries, ignored, skipped;
};

extern struct fetch fetch;

/* A clock that only goes forward, in milliseconds. */
int64_t now_ms(void);
/* Sends the records that are ready, and sleeps. */
void sleep_ms(int64_t ms);

#endif
