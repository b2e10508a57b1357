/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_WORKERS_H
#define STAGES_FETCH_API_WORKERS_H

#include "common/text/bytes.h"

/*
 * Workers do the tasks: one worker all of them in turn, or with --concurrency N so many
 * at once, each in a coroutine. The output of the tasks is in the order of the input.
 */
struct worker;

/*
 * Runs until all tasks are done. work is one worker: a loop that does fetch.task as long as
 * worker_next is true, and keeps its buffers.
 */
void workers_run(void (*work)(struct worker *w));

/* The worker's task (if it had one) is done. Sets fetch.task to its next one; false: there is none. */
bool worker_next(struct worker *w);

/* A state item of the input, which goes out after the output of all tasks so far. */
void workers_pass(struct slice item);

#endif
