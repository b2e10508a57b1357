/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_COROUTINE_H
#define COMMON_PROGRAM_COROUTINE_H

#include <stdbool.h>

/*
 * A function with a stack of its own that can wait in its middle: code that does many
 * things at once stays straight-line. All run in one thread, one at a time, until
 * they wait. loop.h decides which one runs.
 */
struct coroutine;

/*
 * Will call run(context) at the first coroutine_resume. The stack is 256 KiB, of which
 * only what is used takes memory; running past its end is a fault at once. Dies with
 * STATUS_TRY_AGAIN without memory.
 */
struct coroutine *coroutine_new(void (*run)(void *context), void *context);

/* Lets it run until it waits or ends; not from within a coroutine. */
void coroutine_resume(struct coroutine *c);
/* From within: goes back to who has resumed it, until the next coroutine_resume. */
void coroutine_wait(void);

/* The one that runs; NULL outside of all. */
struct coroutine *coroutine_current(void);
bool coroutine_has_ended(const struct coroutine *c);
/* Gives the stack back, of one that has ended or was never resumed. */
void coroutine_free(struct coroutine *c);

/* A pointer variable of which each coroutine has a value of its own, NULL at first. One at most. */
void coroutine_own(void *variable);

#endif
