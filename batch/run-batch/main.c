/* SPDX-License-Identifier: MIT */
/*
 * run-batch runs one batch for one scheduled time and records the run. It takes
 * a lock, works out the window, passes the secrets, sets a timeout, retries
 * after exit status 75, forwards signals to all processes of the batch, and
 * writes a record at the start and at the end (mam-run(5)). Every launcher
 * calls this program.
 */
#include <signal.h>
#include <stdlib.h>

#include "batch/run-batch/run.h"
#include "common/program/message.h"

static const struct program program = {
    .name = "run-batch",
    .operands = "NAME [ARGUMENT ...]",
    .about = "Runs a batch for one scheduled time, and keeps a record of it.",
    .tables = run_batch_tables,
    .command = true,
};

int
main(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	/* A server of the history that has gone is an error of its client library. */
	signal(SIGPIPE, SIG_IGN);
	struct job job = job_read(&operands);
	if (cfg.done && (cfg.step || cfg.again || cfg.dry_run || cfg.replay || cfg.expect))
		die(STATUS_USAGE, "--done runs nothing, so no option of a run goes with it");
	if (cfg.done)
		return run_done(&job);
	if (cfg.step)
		return run_backfill(&job);
	if (cfg.dry_run && setenv("MAM_DRY_RUN", "1", 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set MAM_DRY_RUN");
	if (cfg.replay || cfg.expect || cfg.dry_run)
		return run_test(&job);
	return run_once(&job);
}
