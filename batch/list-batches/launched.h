/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_LAUNCHED_H
#define BATCH_LIST_BATCHES_LAUNCHED_H

#include "batch/list-batches/entries.h"

/*
 * Batches that something launches: crontabs, systemd timers, definitions of AWS
 * Data Pipeline, prefect.yaml, scripts and lists. A batch counts as launched if
 * a command names it, as an operand or as a path. When in doubt it counts,
 * because a batch that is listed as unused may be removed. A name counts as
 * missing only if it must be a batch: the operand of run-batch, or a path in a
 * folder named like a searched one.
 */

struct missing {
	const char *where; /* "crontab:jobs:3" */
	struct slice name; /* as it is written there */
	const char *why;
};

struct launches {
	struct missing *missing;
	size_t missing_n;
	size_t commands; /* that were looked at */
};

/*
 * Reads all sources, KIND:FILE each, and marks the entries. launchers are further programs whose
 * operand is a batch's name, like run-batch. Dies with STATUS_USAGE on an unknown kind, STATUS_IO
 * on a file that cannot be read, STATUS_DATA on one that cannot be understood or has no command.
 */
struct launches launched_read(struct entries *all, const struct option_list *folders,
    const struct option_list *sources, const struct option_list *launchers);

/* For the readers of the kinds. where is kept; it and the text must live on. */
void launched_command(const char *where, struct slice command);
void launched_name(const char *where, struct slice name);

void read_crontab(const char *file, struct slice text);
void read_systemd(const char *folder);
void read_datapipeline(const char *file, struct slice text);
void read_prefect(const char *file, struct slice text);

/* "KIND:FILE:LINE", or without the line if it is 0. Lives for ever. */
const char *launch_place(const char *kind, const char *file, size_t line);

#endif
