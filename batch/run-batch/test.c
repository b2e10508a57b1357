/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/run-batch/life.h"
#include "batch/run-batch/run.h"
#include "common/operate/state.h"
#include "common/program/message.h"

static void
export_path(const char *name, const char *option, const char *path)
{
	if (!path)
		return;
	if (access(path, R_OK))
		die_errno(STATUS_CONFIG, "--%s: cannot read %s", option, path);
	if (setenv(name, path, 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set %s", name);
}

/* A folder of the results, made if it is missing, and the variable that leads the stages to it. */
static void
export_folder(const char *variable, const char *name)
{
	char *folder = state_path(cfg.results, name, NULL);
	char *path = NULL;
	if (mkdir(folder, 0700) == 0)
		path = realpath(folder, NULL);
	if (!path)
		die_errno(STATUS_IO, "--results: cannot make the folder %s", folder);
	if (setenv(variable, path, 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set %s", variable);
	free(folder);
	free(path);
}

static void
export_results(void)
{
	char most[24];
	/* Those of an outer run-batch. */
	unsetenv("MAM_RUN_DIR");
	unsetenv("MAM_CAPTURE_DIR");
	if (!cfg.results)
		return;
	export_folder("MAM_RUN_DIR", "stages");
	export_folder("MAM_CAPTURE_DIR", "capture");
	snprintf(most, sizeof most, "%" PRId64, cfg.capture_max);
	if (setenv("MAM_CAPTURE_MAX", most, 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set MAM_CAPTURE_MAX");
}

int
run_test(const struct job *job)
{
	struct log log;
	struct guard guard;
	struct life l = {.job = job, .lock = -1};
	record_begin(&l);
	l.run.number[RUN_ATTEMPT] = 1;
	job_check_environment(job);
	export_path("MAM_REPLAY", "replay", cfg.replay);
	export_path("MAM_EXPECT", "expect", cfg.expect);
	run_export_identity(&l.run);
	export_results();
	attempt_catch_signals();
	bool guarded = guard_start(&guard, -1);
	log_open(&log, "/dev/null", true);
	struct outcome o = attempt_run(&(struct attempt){.argv = job_command(job),
	    .timeout = job->head.timeout,
	    .kill_after = cfg.kill_after,
	    .guard = guarded ? &guard : NULL,
	    .log = &log});
	log_close(&log);
	if (guarded)
		guard_stop(&guard);
	return o.canceled ? 128 + o.canceled : o.timed_out ? STATUS_TIMEOUT : o.status;
}
