/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TRIES_H
#define STAGES_FETCH_API_TRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"

/* How often something was tried, and until when it may be. */
struct tries {
	unsigned n;
	int64_t deadline;   /* of now_ms() */
	const char *option; /* that sets it, for messages */
};

void tries_start(struct tries *t, int64_t budget, const char *option);
/* Milliseconds that are left, at least 1. */
int64_t tries_left(const struct tries *t);

/*
 * Says why, waits, and returns for another try. The wait is the backoff's, or, when
 * least is not negative, at least that long. Dies with status when there is no
 * try or no time left.
 */
void tries_wait(struct tries *t, int64_t least, enum status status, const char *why);

#endif
