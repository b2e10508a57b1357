/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_LAST_H
#define BATCH_LIST_BATCHES_LAST_H

#include "batch/list-batches/entries.h"
#include "common/program/status.h"

/*
 * The last run of each batch, from the history that run-batch writes, see
 * common/operate/sources.h. A history that does not exist yet has no runs. If
 * it cannot be read, a message gives the reason, the entries' last_state is
 * "unknown", and the status of the failure is returned.
 */
enum status last_runs_read(struct entries *all);

#endif
