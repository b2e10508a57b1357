/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "batch/run-batch/attempt.h"
#include "batch/run-batch/run.h"
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

int
run_test(const struct job *job)
{
	struct log log;
	struct guard guard;
	bool exact;
	struct window window = job_window(job, job_slot(job, &exact));
	job_check_environment(job);
	export_path("MAM_REPLAY", "replay", cfg.replay);
	export_path("MAM_EXPECT", "expect", cfg.expect);
	buf_put_byte(&window.from, '\0');
	buf_put_byte(&window.to, '\0');
	buf_check(&window.from, "the window", NULL);
	buf_check(&window.to, "the window", NULL);
	if (window.from.n > 1 && (setenv("FROM", window.from.p, 1) || setenv("TO", window.to.p, 1)))
		die_errno(STATUS_TRY_AGAIN, "cannot set FROM and TO");
	/* Those of an outer run-batch. */
	unsetenv("MAM_RUN_DIR");
	unsetenv("MAM_CAPTURE_DIR");
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
