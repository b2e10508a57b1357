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
    .operand_words = "list-batches --csv 2>/dev/null | sed \"1d;s/,.*//\"",
    .tables = run_batch_tables,
    .command = true,
};

/* An outer "run-batch --dry-run", or a forgotten export: a run that loads nothing is no success. */
static bool
is_test(void)
{
	const char *dry = getenv("MAM_DRY_RUN"), *replay = getenv("MAM_REPLAY"),
		   *expect = getenv("MAM_EXPECT");
	bool set = (dry && strcmp(dry, "1") == 0) || (replay && *replay) || (expect && *expect);
	bool asked = cfg.dry_run || cfg.replay || cfg.expect;
	if (set && !asked)
		message("MAM_DRY_RUN, MAM_REPLAY or MAM_EXPECT is set, so this is a test: nothing "
			"is recorded");
	return set || asked;
}

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
	if (cfg.step && (cfg.replay || cfg.expect))
		die(STATUS_USAGE, "--step excludes --replay and --expect: a test has one window");
	bool test = is_test();
	if (cfg.results && (!test || cfg.step))
		die(STATUS_USAGE,
		    "--results is for one test: --dry-run, --replay or --expect without --step");
	if (cfg.dry_run && setenv("MAM_DRY_RUN", "1", 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set MAM_DRY_RUN");
	if (cfg.step)
		return run_backfill(&job, test ? run_test : run_once);
	return test ? run_test(&job) : run_once(&job);
}
