/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_LIFE_H
#define BATCH_RUN_BATCH_LIFE_H

#include "batch/run-batch/attempt.h"
#include "batch/run-batch/job.h"
#include "common/operate/history.h"

/* The life of one run: shared by run.c, which leads it, and record.c, which keeps its record. */
enum { RETRY_WAIT_MAX = 60 * 60 * 1000 }; /* milliseconds */

struct life {
	const struct job *job;
	const char *state; /* the folder */
	char *folder;      /* of this run */
	char *lock_name;
	int lock; /* descriptor, or -1 */
	struct history *history;
	struct run run;
	struct log log;
	struct guard guard;
	bool guarded;
};

/* Fills the record before anything was done: its id, slot, window, and who asked for it. */
void record_begin(struct life *l);
/* The run begins now: makes its folder, and stores the record. */
void record_start(struct life *l);
/* Fills in the result, and returns the exit status of run-batch. */
int record_end(struct life *l, const struct outcome *o);
/* One line for people. */
void record_say(const struct life *l);

void record_set_time(struct run *r, enum run_text which, int64_t milliseconds);
/* False if the history does not exist or has an error. */
bool history_good(const struct life *l);

#endif
