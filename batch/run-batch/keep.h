/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_KEEP_H
#define BATCH_RUN_BATCH_KEEP_H

#include "common/batch/run.h"

/*
 * Reads the counters that the stages wrote to a folder (MAM_RUN_DIR) and adds them up: records and
 * rows of the loaders, bytes of the stages that have no input, rejected records of all. A batch
 * whose programs write none leaves them unknown.
 */
void keep_counters(struct run *r, const char *folder);

enum {
	KEEP_RUNS = 50,    /* folders of runs of one batch */
	KEEP_CAPTURES = 3, /* of them with captured streams */
};

/* Marks a run's folder as in use until this process ends, so that keep_prune leaves it alone. */
void keep_hold(const char *folder);
/*
 * Removes the oldest folders of a batch's runs, and captured streams of all but the last. Those of
 * runs that go on stay.
 */
void keep_prune(const char *folder_of_batch);

#endif
