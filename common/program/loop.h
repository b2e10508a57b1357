/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_LOOP_H
#define COMMON_PROGRAM_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/program/coroutine.h"

/*
 * The waits of a program's coroutines, in one loop: for a time, or for something that
 * calls loop_wake (a transfer of http.c). A program without coroutines never runs
 * the loop: there a wait blocks.
 */

/* One wait. It lives on the stack of the coroutine that waits. */
struct waiter {
	struct coroutine *who;
	int64_t until; /* of a time */
	struct waiter *next;
	bool awake;
};

/* Milliseconds of a clock that only goes forward. */
int64_t loop_now(void);

/* Whether a wait lets other coroutines run: within one, and not while loop_hold. */
bool loop_can_wait(void);
/* Waits until loop_wake(w). Only if loop_can_wait. */
void loop_wait(struct waiter *w);
void loop_wake(struct waiter *w);

/* From now on a sleep takes no time, but the clock goes on as if it did: for answers that are replayed. */
void loop_skip_sleeps(void);

/* Sleeps; other coroutines run meanwhile if loop_can_wait. */
void loop_sleep(int64_t ms);

/*
 * Between the two no other coroutine runs, although this one waits: for what must be
 * done once, and what must not be done while another one blocks the process. Transfers go
 * on.
 */
void loop_hold(void);
void loop_release(void);

/*
 * Sets what waits for descriptors: at most ms milliseconds, and no longer than until extra
 * (or NULL) is ready. It calls loop_wake.
 */
void loop_set_io(void (*wait)(void *context, int64_t ms, struct pollfd *extra), void *context);

/* Until p is ready: transfers go on, no other coroutine does, and the clock stands still. */
void loop_stand_still(struct pollfd *p);

/*
 * Waits until a coroutine can go on, extra (or NULL) is ready, or a second has gone by, and
 * resumes all coroutines that can go on. Not from within a coroutine.
 */
void loop_turn(struct pollfd *extra);

#endif
