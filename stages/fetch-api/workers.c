/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "common/program/loop.h"
#include "common/program/message.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/feed.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/workers.h"

struct worker {
	struct coroutine *coroutine; /* NULL: the only worker */
	struct task *task;           /* NULL: none */
	struct waiter waiter;        /* for a task */
	struct worker *next;         /* of those that wait for one */
};

/*
 * The tasks from the first one that is not done, in the order of the input. The first one
 * writes to the stream, and the others to an output of their own. A task that is done stays
 * until it is the first. So the queue is limited: as many tasks as workers run, and as
 * many wait for the first one.
 */
static struct task *first, *last;
static size_t queued;
static struct task *unused;
static struct worker *idle;
static size_t running;
static void (*work_of)(struct worker *w);
static struct task *no_task; /* the one that was there before the first */

static void
done(struct task *t)
{
	output_send(&t->after);
	coverage_join(&t->coverage);
	fetch.task = no_task;
}

static bool
next_in_turn(struct worker *w)
{
	static struct task task;
	if (w->task)
		done(w->task);
	w->task = feed_next(&task) ? &task : NULL;
	if (w->task)
		fetch.task = w->task;
	return w->task;
}

bool
worker_next(struct worker *w)
{
	if (!w->coroutine)
		return next_in_turn(w);
	if (w->task) {
		w->task->done = true;
		output_end(&w->task->output);
		running--;
	}
	w->task = NULL;
	w->next = idle;
	idle = w;
	w->waiter = (struct waiter){0};
	loop_wait(&w->waiter);
	fetch.task = w->task;
	return true;
}

static void
begin(void *context)
{
	fetch.task = no_task;
	work_of(context);
}

/* A worker that waits for a task; a new one at first. */
static struct worker *
take_worker(void)
{
	if (!idle) {
		struct worker *w = xcalloc(1, sizeof *w);
		w->coroutine = coroutine_new(begin, w);
		coroutine_resume(w->coroutine);
	}
	struct worker *w = idle;
	idle = w->next;
	return w;
}

/* Sends what the first tasks that are done have written, and makes the next one the first. */
static void
retire(void)
{
	while (first && first->done) {
		struct task *t = first;
		first = t->next;
		queued--;
		if (!first)
			last = NULL;
		output_send(&t->after);
		coverage_join(&t->coverage);
		t->next = unused;
		unused = t;
		if (!first)
			return;
		output_send(&first->output);
		first->waits = false;
	}
}

static struct task *
take_task(void)
{
	struct task *t = unused;
	if (t)
		unused = t->next;
	else
		t = xcalloc(1, sizeof *t);
	t->next = NULL;
	t->done = false;
	t->waits = first;
	return t;
}

/* Gives the next task to a worker; false after the last one. */
static bool
start_task(void)
{
	struct task *t = take_task();
	if (!feed_next(t)) {
		t->next = unused;
		unused = t;
		return false;
	}
	if (last)
		last->next = t;
	else
		first = t;
	last = t;
	queued++;
	running++;
	struct worker *w = take_worker();
	w->task = t;
	loop_wake(&w->waiter);
	return true;
}

static bool
has_room(void)
{
	size_t most = (size_t)config.concurrency;
	return running < most && queued < 2 * most;
}

/* A next stage that takes nothing is no reason for requests to run out of time. */
static void
wait_for_next_stage(int fd)
{
	struct pollfd output = {.fd = fd, .events = POLLOUT};
	loop_stand_still(&output);
}

static void
run_at_once(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	bool more = true;
	coroutine_own(&fetch.task);
	http_in_loop(fetch.http);
	stream_out_while_full(wait_for_next_stage);
	while (more || first) {
		while (more && has_room() && feed_is_ready())
			more = start_task();
		/* The next stage gets what is ready before we wait. */
		stream_out_flush(fetch.out);
		loop_turn(more && has_room() ? &input : NULL);
		retire();
	}
	stream_out_while_full(NULL);
}

void
workers_run(void (*work)(struct worker *w))
{
	no_task = fetch.task;
	work_of = work;
	if (config.concurrency > 1)
		run_at_once();
	else
		work(&(struct worker){0});
}

void
workers_pass(struct slice item)
{
	if (last)
		output_item(&last->after, item);
	else
		stream_out_item(fetch.out, item);
}
