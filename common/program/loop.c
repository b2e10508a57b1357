/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "common/program/loop.h"

enum { SECOND = 1000, MILLION = 1000000 };

struct list {
	struct waiter *first, *last;
};

static struct list ready;
static struct waiter *sleepers; /* the one that wakes first is first */
static bool held;
static bool skips;      /* sleeps take no time, but the clock goes on by as much */
static int64_t skipped; /* milliseconds; negative: it stood still */
static void (*io)(void *context, int64_t ms, struct pollfd *extra);
static void *io_context;

int64_t
loop_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / MILLION + skipped;
}

bool
loop_can_wait(void)
{
	return coroutine_current() && !held;
}

static void
until_awake(struct waiter *w)
{
	while (!w->awake)
		coroutine_wait();
}

void
loop_wait(struct waiter *w)
{
	w->who = coroutine_current();
	until_awake(w);
}

void
loop_wake(struct waiter *w)
{
	if (w->awake)
		return;
	w->awake = true;
	w->next = NULL;
	if (ready.last)
		ready.last->next = w;
	else
		ready.first = w;
	ready.last = w;
}

/* Those of the same time keep their order. */
static void
add_sleeper(struct waiter *w)
{
	struct waiter **at = &sleepers;
	while (*at && (*at)->until <= w->until)
		at = &(*at)->next;
	w->next = *at;
	*at = w;
}

static void
wake_sleepers(void)
{
	int64_t now = sleepers ? loop_now() : 0;
	while (sleepers && sleepers->until <= now) {
		struct waiter *w = sleepers;
		sleepers = w->next;
		loop_wake(w);
	}
}

/* Blocks the process, but not the transfers. */
static void
sleep_here(int64_t ms)
{
	struct timespec t = {.tv_sec = ms / SECOND, .tv_nsec = ms % SECOND * MILLION};
	int64_t until = loop_now() + ms;
	if (skips) {
		skipped += ms;
		return;
	}
	while (held && io && ms > 0) {
		io(io_context, ms < SECOND ? ms : SECOND, NULL);
		ms = until - loop_now();
	}
	while (!(held && io) && nanosleep(&t, &t) && errno == EINTR)
		;
}

void
loop_sleep(int64_t ms)
{
	if (!loop_can_wait()) {
		sleep_here(ms);
		return;
	}
	struct waiter w = {.who = coroutine_current(), .until = loop_now() + ms};
	add_sleeper(&w);
	until_awake(&w);
}

void
loop_skip_sleeps(void)
{
	skips = true;
}

void
loop_hold(void)
{
	held = true;
}

void
loop_release(void)
{
	held = false;
}

void
loop_set_io(void (*wait)(void *context, int64_t ms, struct pollfd *extra), void *context)
{
	io = wait;
	io_context = context;
}

void
loop_stand_still(struct pollfd *p)
{
	int64_t start = loop_now();
	while (!poll(p, 1, 0))
		io(io_context, SECOND, p);
	skipped -= loop_now() - start;
}

/* How long nothing can be done. */
static int64_t
idle_time(void)
{
	if (ready.first)
		return 0;
	int64_t left = sleepers ? sleepers->until - loop_now() : SECOND;
	return left < 0 ? 0 : left < SECOND ? left : SECOND;
}

void
loop_turn(struct pollfd *extra)
{
	wake_sleepers();
	int64_t idle = idle_time();
	if (skips && sleepers) {
		skipped += idle;
		idle = 0;
	}
	io(io_context, idle, extra);
	wake_sleepers();
	while (ready.first) {
		struct waiter *w = ready.first;
		ready.first = w->next;
		if (!ready.first)
			ready.last = NULL;
		/* w is gone once its coroutine runs. */
		coroutine_resume(w->who);
	}
}
