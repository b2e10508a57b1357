/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_JOB_H
#define BATCH_RUN_BATCH_JOB_H

#include "common/operate/batches.h"

/* The command line of run-batch. */
struct cfg {
	struct option_list batches;
	const char *name, *schedule, *target, *owner, *from, *to, *slot, *state, *history,
	    *password;
	const char *replay, *expect, *capture, *results;
	struct option_list secrets, settings;
	int64_t timeout, retries, retry_wait, kill_after, window, step, jobs, capture_max,
	    heartbeat;
	bool again, done, quiet, dry_run;
};

extern struct cfg cfg;
extern const struct option_row *const run_batch_tables[];

/* The batch to run: its head, with the options of the command line applied. */
struct job {
	struct slice name;
	struct head head;
	char *const *argv; /* of the batch, without the command that passes its secrets */
};

/* From the operands: NAME [ARGUMENT...], or the command after "--". Dies with STATUS_USAGE or STATUS_CONFIG. */
struct job job_read(const struct operands *operands);

/*
 * The time that the run is for, in seconds since 1970: --slot; or the first instant of the day --to;
 * or the last scheduled time; or now, if there is no schedule. *exact is false in the last case.
 */
int64_t job_slot(const struct job *job, bool *exact);

/* The window: --from and --to, or "window" days before the slot's day. Empty: the batch's own. */
struct window {
	struct buf from, to; /* YYYY-MM-DD */
};
struct window job_window(const struct job *job, int64_t slot);

/* Dies with STATUS_CONFIG if a setting or a secret of the environment is missing; names all of them. */
void job_check_environment(const struct job *job);

/*
 * The command to run: the batch, or "secret exec --map VARIABLE=SOURCE ... -- BATCH", which fetches
 * all of its secrets at once.
 */
char *const *job_command(const struct job *job);

#endif
