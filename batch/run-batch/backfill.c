/* SPDX-License-Identifier: MIT */
/*
 * A backfill: one run for each step of the window, several at once. Each run is
 * a separate process with its own lock and record, so a stopped backfill
 * resumes where it was: steps that have succeeded are skipped.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch/run-batch/attempt.h"
#include "batch/run-batch/run.h"
#include "common/operate/state.h"
#include "common/program/message.h"
#include "common/time/iso.h"

enum { DAY_MILLISECONDS = 86400 * 1000, PAUSE = 20, STEPS_MAX = 100000 };

struct step {
	int64_t from, to; /* days */
	pid_t pid;        /* 0: not running */
};

struct backfill {
	const struct job *job;
	int (*run)(const struct job *job);
	struct step *running;
	size_t running_n, done, failed, all;
	int status;
	bool stopped;
};

static const char *
day_text(int64_t day)
{
	struct buf b = {0};
	iso_put_date(&b, day);
	buf_put_byte(&b, '\0');
	buf_check(&b, "a day", NULL);
	return b.p;
}

static void
start(struct backfill *b, struct step *s)
{
	pid_t parent = getpid();
	fflush(NULL);
	s->pid = fork();
	if (s->pid < 0)
		die_errno(STATUS_TRY_AGAIN, "cannot start a process");
	if (s->pid == 0) {
		cfg.from = day_text(s->from);
		cfg.to = day_text(s->to);
		cfg.step = 0;
		cfg.quiet |= cfg.jobs > 1; /* lines of several batches would be mixed */
		/* Steps do not go on by themselves after a backfill that was killed. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		_exit(getppid() == parent ? b->run(b->job) : STATUS_TRY_AGAIN);
	}
	b->running_n++;
}

/* The status of the backfill: of the first failure that may not be tried again, else 75. */
static void
note_status(struct backfill *b, int status)
{
	if (!status || status == STATUS_WARNED)
		return;
	b->failed++;
	if (!b->status || b->status == STATUS_TRY_AGAIN)
		b->status = status;
}

static void
end(struct backfill *b, struct step *s, int wait_status)
{
	int status =
	    WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
	s->pid = 0;
	b->running_n--;
	b->done++;
	note_status(b, status);
	message("%zu of %zu: %s to %s: %s%s", b->done, b->all, day_text(s->from), day_text(s->to),
	    !status                   ? "good"
	    : status == STATUS_WARNED ? "warned"
				      : "failed",
	    b->failed && !status ? ", some before it failed" : "");
}

static void
reap(struct backfill *b)
{
	for (int64_t i = 0; i < cfg.jobs; i++) {
		int status;
		struct step *s = &b->running[i];
		if (s->pid && waitpid(s->pid, &status, WNOHANG) == s->pid)
			end(b, s, status);
	}
}

static void
stop_all(struct backfill *b)
{
	if (b->stopped)
		return;
	b->stopped = true;
	for (int64_t i = 0; i < cfg.jobs; i++)
		if (b->running[i].pid)
			kill(b->running[i].pid, SIGTERM);
}

static struct step *
free_place(struct backfill *b)
{
	for (int64_t i = 0; i < cfg.jobs; i++)
		if (!b->running[i].pid)
			return &b->running[i];
	return NULL;
}

static int64_t
need_day(const char *option, const char *text)
{
	int64_t days;
	if (!text)
		die(STATUS_USAGE, "--step needs --from and --to");
	if (!iso_read_date(slice_of(text), &days))
		die(STATUS_USAGE, "--%s: %s is not a day, YYYY-MM-DD", option,
		    quoted(slice_of(text)));
	return days;
}

int
run_backfill(const struct job *job, int (*run)(const struct job *job))
{
	int64_t step = cfg.step / DAY_MILLISECONDS;
	int64_t from = need_day("from", cfg.from), to = need_day("to", cfg.to);
	if (cfg.step % DAY_MILLISECONDS)
		die(STATUS_USAGE, "--step is not a number of whole days");
	if (cfg.slot)
		die(STATUS_USAGE,
		    "--step and --slot exclude each other: each step has a slot of its own");
	if (from >= to)
		die(STATUS_USAGE, "--from %s is not before --to %s", cfg.from, cfg.to);
	struct backfill b = {
	    .job = job, .run = run, .all = (size_t)((to - from + step - 1) / step)};
	if (b.all > STEPS_MAX)
		die(STATUS_USAGE, "more than %d steps", STEPS_MAX);
	job_check_environment(job);
	state_folder(cfg.state);
	attempt_catch_signals();
	b.running = xcalloc((size_t)cfg.jobs, sizeof *b.running);
	for (int64_t next = from; b.running_n || (next < to && !b.stopped);) {
		struct step *s = next < to && !b.stopped ? free_place(&b) : NULL;
		if (s) {
			*s = (struct step){.from = next, .to = next + step < to ? next + step : to};
			next = s->to;
			start(&b, s);
			continue;
		}
		attempt_sleep(PAUSE);
		if (attempt_canceled()) {
			stop_all(&b);
			/* The children still have to be waited for. */
			struct timespec pause = {.tv_nsec = PAUSE * 1000000};
			nanosleep(&pause, NULL);
		}
		reap(&b);
	}
	if (b.stopped) {
		message("stopped after %zu of %zu steps; the same command goes on from there",
		    b.done, b.all);
		return 128 + attempt_canceled();
	}
	message("%zu steps, %zu failed", b.all, b.failed);
	free(b.running);
	return b.status;
}
