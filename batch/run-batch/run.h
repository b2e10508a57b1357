/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_RUN_H
#define BATCH_RUN_BATCH_RUN_H

#include "batch/run-batch/job.h"
#include "common/batch/run.h"

/* Runs the batch once, with its retries, lock and record. Returns the exit status of run-batch. */
int run_once(const struct job *job);

/* Whether the slot has succeeded, as an exit status: STATUS_OK or STATUS_TRY_AGAIN. */
int run_done(const struct job *job);

/* Runs a test of the batch: --replay, --expect. No lock, no record. */
int run_test(const struct job *job);

/*
 * Sets the environment variables that name a run: its window, batch, slot, id and attempt,
 * mam-batch(5). A run without a window does not get that of an outer run-batch.
 */
void run_export_identity(const struct run *r);

/* One run for each step of the window: run_once, or run_test for a rehearsal. */
int run_backfill(const struct job *job, int (*run)(const struct job *job));

#endif
