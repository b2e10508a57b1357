/* SPDX-License-Identifier: MIT */
/*
 * One run of a batch: take the lock, record the start, run it until it succeeds or may not be tried
 * again, record the end. A history that cannot be reached stops nothing: records wait on disk.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/run-batch/keep.h"
#include "batch/run-batch/life.h"
#include "batch/run-batch/run.h"
#include "common/operate/records.h"
#include "common/operate/state.h"
#include "common/program/message.h"

enum { LOCK_TRIES = 5, LOCK_PAUSE = 20 }; /* milliseconds */

static void
take_lock(struct life *l)
{
	long holder;
	l->lock_name = records_lock_name(l->job->name, run_get(&l->run, RUN_SLOT));
	enum state_lock lock = state_lock(l->state, l->lock_name, &l->lock, &holder);
	/* A process that looks for lost runs takes a free lock for a moment. */
	for (int i = 1; lock == STATE_BUSY && i < LOCK_TRIES; i++) {
		attempt_sleep(LOCK_PAUSE);
		lock = state_lock(l->state, l->lock_name, &l->lock, &holder);
	}
	switch (lock) {
	case STATE_LOCKED:
		return;
	case STATE_BUSY:
		die(STATUS_TRY_AGAIN, "%s runs already, in process %ld", l->lock_name, holder);
	case STATE_FAILED:
		break;
	}
	/* A full disk must not stop the batch; its database has locks of its own. */
	message("cannot make a lock in %s: %s; a second run of this slot is not noticed", l->state,
	    strerror(errno));
	l->lock = -1;
}

static void
release_lock(const struct life *l)
{
	if (l->lock >= 0)
		state_unlock(l->state, l->lock_name, l->lock);
}

/* Before the run has begun: leaves no file of the lock. */
__attribute__((format(printf, 3, 4))) _Noreturn static void
refuse(const struct life *l, enum status status, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	release_lock(l);
	die(status, "%s", text);
}

static void
open_history(struct life *l, const char *consequence)
{
	contact_open(l);
	if (history_good(l))
		return;
	const struct db_error *e = history_error(l->history);
	/* A mistake in the URL, or a newer version, does not go away by itself. */
	if (e->status == STATUS_USAGE || e->status == STATUS_CONFIG)
		refuse(l, e->status, "the history: %s", e->text);
	message("cannot reach the history: %s; %s", e->text, consequence);
}

static void
found_success(void *context, const struct run *r)
{
	struct life *l = context;
	bool succeeded = run_is(r, RUN_STATE, "ok") || run_is(r, RUN_STATE, "warned");
	bool same = slice_equal(run_get(r, RUN_FROM), run_get(&l->run, RUN_FROM)) &&
		    slice_equal(run_get(r, RUN_TO), run_get(&l->run, RUN_TO));
	if (succeeded && same)
		run_set(&l->run, RUN_MESSAGE, run_get(r, RUN_ENDED));
}

/* Whether the slot has succeeded; *when, empty if not, is the record's message for a moment. */
static bool
already_done(struct life *l)
{
	history_select(l->history,
	    &(struct history_query){.batch = l->job->name, .slot = run_get(&l->run, RUN_SLOT)},
	    found_success, l);
	return l->run.text[RUN_MESSAGE].n > 0;
}

static void export(const char *name, struct slice value)
{
	char *text = xstring(value);
	if (value.n && setenv(name, text, 1))
		die_errno(STATUS_TRY_AGAIN, "cannot set %s", name);
	free(text);
}

void
run_export_identity(const struct run *r)
{
	/* Those of an outer run-batch are not the window of this batch. */
	if (!r->text[RUN_FROM].n && getenv("MAM_RUN_ID")) {
		unsetenv("FROM");
		unsetenv("TO");
	}
	export("FROM", run_get(r, RUN_FROM));
	export("TO", run_get(r, RUN_TO));
	export("MAM_BATCH", run_get(r, RUN_BATCH));
	export("MAM_SLOT", run_get(r, RUN_SLOT));
	export("MAM_RUN_ID", run_get(r, RUN_ID));
	char attempt[32];
	snprintf(attempt, sizeof attempt, "%" PRId64, r->number[RUN_ATTEMPT]);
	export("MAM_ATTEMPT", slice_of(attempt));
}

static void
export_path(const struct life *l, const char *name, const char *part, int64_t attempt)
{
	struct buf path = {0};
	buf_printf(&path, "%s/%s%c", l->folder, part, '\0');
	if (attempt) {
		path.n--;
		buf_printf(&path, "-%" PRId64 "%c", attempt, '\0');
	}
	buf_check(&path, "a path", NULL);
	state_remove(path.p); /* of an attempt before */
	mkdir(path.p, 0700);
	path.n--;
	export(name, buf_slice(&path));
	buf_free(&path);
}

/* The environment variables of the batch, mam-batch(5). */
static void
export_all(const struct life *l)
{
	const struct run *r = &l->run;
	run_export_identity(r);
	export_path(l, "MAM_RUN_DIR", "stages", r->number[RUN_ATTEMPT]);
	if (strcmp(cfg.capture, "none") != 0) {
		char bytes[32];
		snprintf(bytes, sizeof bytes, "%" PRId64, cfg.capture_max);
		export_path(l, "MAM_CAPTURE_DIR", "capture", 0);
		export("MAM_CAPTURE_MAX", slice_of(bytes));
	} else
		unsetenv("MAM_CAPTURE_DIR"); /* of an outer run-batch */
}

static struct outcome
one_attempt(struct life *l)
{
	struct attempt a = {.argv = job_command(l->job),
	    .timeout = l->job->head.timeout,
	    .kill_after = cfg.kill_after,
	    .tick = cfg.heartbeat,
	    .on_tick = contact_keep,
	    .context = l,
	    .guard = l->guarded ? &l->guard : NULL,
	    .log = &l->log};
	l->run.number[RUN_ATTEMPT]++;
	export_all(l);
	struct outcome o = attempt_run(&a);
	struct run *r = &l->run;
	r->number[RUN_CPU] = (r->number[RUN_CPU] < 0 ? 0 : r->number[RUN_CPU]) + o.cpu_ms;
	r->number[RUN_MEMORY] = o.memory;
	return o;
}

/* Doubled for each retry, and partly random, so that batches that failed together come back apart. */
static int64_t
retry_wait(int64_t base, int64_t retry)
{
	uint64_t noise = 0;
	int64_t bound = base;
	while (retry-- > 1 && bound < RETRY_WAIT_MAX)
		bound *= 2;
	bound = bound > RETRY_WAIT_MAX ? RETRY_WAIT_MAX : bound;
	if (getrandom(&noise, sizeof noise, GRND_NONBLOCK) < 0)
		noise = (uint64_t)state_now();
	return bound / 2 + (int64_t)(noise % ((uint64_t)bound / 2 + 1));
}

static struct outcome
all_attempts(struct life *l)
{
	for (;;) {
		struct outcome o = one_attempt(l);
		int64_t retry = l->run.number[RUN_ATTEMPT];
		if (o.status != STATUS_TRY_AGAIN || o.timed_out || o.canceled ||
		    retry > l->job->head.retries)
			return o;
		int64_t wait = retry_wait(l->job->head.retry_wait, retry);
		message("exit status 75: retry %" PRId64 " of %" PRId64 " in %.1f s", retry,
		    l->job->head.retries, (double)wait / 1000);
		if (!attempt_sleep(wait)) {
			o.canceled = attempt_canceled();
			return o;
		}
	}
}

static void
tidy(struct life *l, int status)
{
	struct buf path = {0};
	buf_printf(&path, "%s/capture%c", l->folder, '\0');
	buf_check(&path, "a path", NULL);
	if (!status && strcmp(cfg.capture, "all") != 0)
		state_remove(path.p);
	else
		rmdir(path.p); /* if it is empty */
	buf_free(&path);
	char *slash = strrchr(l->folder, '/');
	*slash = '\0';
	keep_prune(l->folder);
	*slash = '/';
}

int
run_done(const struct job *job)
{
	struct life l = {.job = job, .lock = -1};
	l.state = state_folder(cfg.state);
	record_begin(&l);
	open_history(&l, "so it is not known whether the slot has succeeded");
	bool done = false;
	if (history_good(&l)) {
		records_deliver(l.state, l.history);
		done = already_done(&l);
		if (!history_good(&l))
			message("cannot read the history: %s", history_error(l.history)->text);
	}
	history_close(l.history);
	return done ? STATUS_OK : STATUS_TRY_AGAIN;
}

int
run_once(const struct job *job)
{
	struct life l = {.job = job, .lock = -1};
	job_check_environment(job);
	l.state = state_folder(cfg.state);
	record_begin(&l);
	take_lock(&l);
	open_history(&l, "the batch runs, and its record is delivered later");
	if (!contact_lock(&l))
		refuse(&l, STATUS_TRY_AGAIN, "%s runs already on another host", l.lock_name);
	if (history_good(&l)) {
		/* The record that waits may be the success of this slot. */
		records_deliver(l.state, l.history);
		records_mark_lost(l.state, l.history, job->name);
		if (!cfg.again && already_done(&l)) {
			message("%s has succeeded already, at %.*s; --again runs it again",
			    l.lock_name, (int)l.run.text[RUN_MESSAGE].n, l.run.text[RUN_MESSAGE].p);
			release_lock(&l);
			return STATUS_OK;
		}
	}
	attempt_catch_signals();
	l.guarded = guard_start(&l.guard, l.lock);
	record_start(&l);
	struct buf path = {0};
	buf_printf(&path, "%s/log%c", l.folder, '\0');
	buf_check(&path, "a path", NULL);
	log_open(&l.log, path.p, !cfg.quiet);
	struct outcome o = all_attempts(&l);
	log_close(&l.log);
	int status = record_end(&l, &o);
	if (!history_good(&l))
		contact_open(&l);
	records_keep(l.state, history_good(&l) ? l.history : NULL, &l.run);
	if (history_good(&l))
		records_deliver(l.state, l.history);
	tidy(&l, status);
	record_say(&l);
	if (l.guarded)
		guard_stop(&l.guard);
	release_lock(&l);
	history_close(l.history);
	return status;
}
