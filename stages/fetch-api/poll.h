/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_POLL_H
#define STAGES_FETCH_API_POLL_H

#include "stages/fetch-api/answer.h"

/* What was reported about one request. All zeros: nothing. */
struct poll_notes {
	int64_t next;  /* time of the next message, of now_ms() */
	uint64_t last; /* hash of the last value */
};

/* Whether the answer is the one that --until waits for. True without --until. */
bool poll_is_awaited(const struct answer *a);

/*
 * An answer that is not. Dies when no path of --until leads anywhere in it, unless
 * --allow-missing. Else reports the value that is there: on a terminal each new one, in a
 * log at most once a minute.
 */
void poll_note(const struct request *q, const struct answer *a);
/* Reports what is waited for and its value in the same way. */
void poll_say(const struct request *q, const char *what, const char *value);

/* The value that is there, for a message: "RUNNING", or nothing. Static storage. */
const char *poll_value(const struct answer *a);

#endif
