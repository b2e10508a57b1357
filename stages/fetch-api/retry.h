/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_RETRY_H
#define STAGES_FETCH_API_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/program/message.h"

/*
 * The policy for retries, one for the API and for the token URL: which statuses are
 * tried again, how long to wait, and for how long in all.
 */

/* Whether a request whose answer has this HTTP status may succeed if it is sent again: 408, 425, 429, 5xx but 501 and 505. */
bool retry_helps(long status);
/* The exit status for an HTTP status that is not a success. */
enum status retry_exit_status(long status);

/* How often something was tried, and until when it may be. */
struct retry {
	unsigned n;
	int64_t deadline;   /* of now_ms() */
	const char *option; /* that sets it, for messages */
	bool may_fail;      /* a failure is reported, and is not the end of the program */
};

void retry_start(struct retry *t, int64_t budget, const char *option);
/* Tries that are part of outer ones and share their time, but not their number. */
void retry_start_within(struct retry *t, const struct retry *outer);
/* Milliseconds that are left, at least 1. */
int64_t retry_left(const struct retry *t);

/* A number that differs between processes that start together. */
uint64_t retry_noise(void);

/* How long to wait at least after an answer with this status that asks for retry_after milliseconds (-1: for none); -1: as the backoff has it. */
int64_t retry_least(const struct retry *t, long status, int64_t retry_after);

/*
 * Reports the reason, waits, and returns for another try. The wait is the
 * backoff's, but at least `least` if that is not negative. Dies with status if
 * no try or no time is left, or returns false with may_fail.
 */
bool retry_wait(struct retry *t, int64_t least, enum status status, const char *why);

#endif
