/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_LIFE_H
#define BATCH_RUN_BATCH_LIFE_H

#include "batch/run-batch/attempt.h"
#include "batch/run-batch/job.h"
#include "common/operate/history.h"

/*
 * The life of one run: shared by run.c, which leads it, record.c, which keeps its record, and
 * contact.c, which keeps the contact with the history.
 */
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

/* Opens the history that the options name, in place of one that is open. Look at history_good. */
void contact_open(struct life *l);
/* False if the history does not exist or has an error. */
bool history_good(const struct life *l);
/* Takes the lock that all hosts share. False: another one has it. */
bool contact_lock(struct life *l);
/*
 * Gives a sign of life. If the history was lost it is opened again, the lock is taken again, and
 * records that wait are delivered. context is the struct life.
 */
void contact_keep(void *context);

#endif
