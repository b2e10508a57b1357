/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_ATTEMPT_H
#define BATCH_RUN_BATCH_ATTEMPT_H

#include "batch/run-batch/log.h"
#include "batch/run-batch/session.h"

enum {
	STATUS_TIMEOUT = 124,   /* as timeout(1) has it */
	STATUS_WARNED = 79,     /* of a batch: the rows are loaded, a later step failed */
	KILL_AFTER = 10 * 1000, /* milliseconds between SIGTERM and SIGKILL */
};

struct attempt {
	char *const *argv; /* found by PATH if it has no slash */
	int64_t timeout;   /* milliseconds; 0: none */
	int64_t kill_after;
	int64_t tick; /* milliseconds between calls of on_tick; 0: never */
	void (*on_tick)(void *context);
	void *context;
	const struct guard *guard; /* may be NULL */
	struct log *log;
};

struct outcome {
	int status; /* exit status; 128 + N: signal N ended it */
	int signal; /* that ended it; 0: it exited */
	bool timed_out;
	int canceled;   /* the signal that this process got; 0: none */
	int64_t cpu_ms; /* of all its processes that were waited for */
	int64_t memory; /* bytes, the peak of the largest of them; of all attempts so far */
};

/* Signals to this process end the batch from now on. Call it once, before the first attempt. */
void attempt_catch_signals(void);
/* The signal that asked us to stop, or 0. */
int attempt_canceled(void);
/* Waits, or returns early with false because a signal came. */
bool attempt_sleep(int64_t milliseconds);

/*
 * Runs the batch in a session of its own, and returns after its last process has ended. A timeout
 * or a signal to this process sends SIGTERM to all of them and, kill_after later, SIGKILL.
 */
struct outcome attempt_run(const struct attempt *a);

#endif
