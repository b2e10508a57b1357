/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch/run-batch/keep.h"
#include "batch/run-batch/life.h"
#include "common/operate/records.h"
#include "common/operate/state.h"
#include "common/program/message.h"

void
record_set_time(struct run *r, enum run_text which, int64_t milliseconds)
{
	buf_reset(&r->text[which]);
	run_put_time(&r->text[which], milliseconds);
}

static const char *
launcher(void)
{
	static const char *const known[][2] = {{"PREFECT__FLOW_RUN_ID", "prefect"},
	    {"SLURM_JOB_ID", "slurm"}, {"AWS_BATCH_JOB_ID", "batch"},
	    {"MAM_DATAPIPELINE_ID", "datapipeline"}, {"INVOCATION_ID", "systemd"}};
	const char *named = getenv("MAM_LAUNCHER");
	if (named && *named)
		return named;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (getenv(known[i][0]))
			return known[i][1];
	return isatty(STDIN_FILENO) || isatty(STDERR_FILENO) ? "manual" : "cron";
}

static const char *
launch_id(void)
{
	static const char *const ids[] = {"MAM_LAUNCH_ID", "PREFECT__FLOW_RUN_ID", "SLURM_JOB_ID",
	    "AWS_BATCH_JOB_ID", "MAM_DATAPIPELINE_ID", "INVOCATION_ID"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (getenv(ids[i]))
			return getenv(ids[i]);
	return "";
}

void
record_begin(struct life *l)
{
	struct run *r = &l->run;
	const struct head *head = &l->job->head;
	bool exact;
	int64_t slot = job_slot(l->job, &exact);
	struct window window = job_window(l->job, slot);
	run_reset(r);
	state_put_id(&r->text[RUN_ID]);
	run_set(r, RUN_BATCH, l->job->name);
	run_set(r, RUN_STATE, SLICE("running"));
	/* Without a schedule each run is for a slot of its own. */
	record_set_time(r, RUN_SLOT, exact ? slot * 1000 : state_now());
	run_set(r, RUN_FROM, buf_slice(&window.from));
	run_set(r, RUN_TO, buf_slice(&window.to));
	run_set(r, RUN_TARGET, head->target);
	run_set(r, RUN_OWNER, head->owner);
	run_set(r, RUN_LAUNCHER, slice_of(launcher()));
	run_set(r, RUN_LAUNCH, slice_of(launch_id()));
	run_set(r, RUN_BUILD, slice_of(MAM_VERSION));
	records_set_host(r);
	r->number[RUN_PID] = getpid();
	r->number[RUN_ATTEMPT] = 0;
	buf_free(&window.from);
	buf_free(&window.to);
}

void
record_start(struct life *l)
{
	struct run *r = &l->run;
	const struct head *head = &l->job->head;
	int64_t now = state_now();
	struct buf folder = {0};
	buf_printf(&folder, "runs/%.*s%c", (int)l->job->name.n, l->job->name.p, '\0');
	buf_check(&folder, "a path", NULL);
	struct buf id = {0};
	buf_printf(&id, "%.*s/%c", (int)r->text[RUN_ID].n, r->text[RUN_ID].p, '\0');
	buf_check(&id, "a path", NULL);
	l->folder = state_path(l->state, folder.p, id.p);
	l->folder[strlen(l->folder) - 1] = '\0';
	keep_hold(l->folder);
	run_set(r, RUN_FOLDER, slice_of(l->folder));
	record_set_time(r, RUN_STARTED, now);
	record_set_time(r, RUN_SEEN, now);
	if (head->timeout) {
		int64_t tries = (head->retries > 0 ? head->retries : 0) + 1;
		record_set_time(r, RUN_DEADLINE,
		    now + tries * (head->timeout + cfg.kill_after) + (tries - 1) * RETRY_WAIT_MAX);
	}
	records_keep(l->state, history_good(l) ? l->history : NULL, r);
	if (history_good(l))
		records_deliver(l->state, l->history);
	buf_free(&folder);
	buf_free(&id);
}

int
record_end(struct life *l, const struct outcome *o)
{
	struct run *r = &l->run;
	int status = o->status;
	const char *state = status == 0 ? "ok" : status == STATUS_WARNED ? "warned" : "failed";
	if (o->canceled) {
		state = "canceled";
		status = 128 + o->canceled;
	} else if (o->timed_out) {
		state = "timeout";
		status = STATUS_TIMEOUT;
	}
	run_set(r, RUN_STATE, slice_of(state));
	record_set_time(r, RUN_ENDED, state_now());
	record_set_time(r, RUN_SEEN, state_now());
	r->number[RUN_STATUS] = status;
	if (o->signal)
		r->number[RUN_SIGNAL] = o->signal;
	run_set(r, RUN_MESSAGE, status ? log_last_line(&l->log) : (struct slice){"", 0});
	char *stages = getenv("MAM_RUN_DIR");
	if (stages)
		keep_counters(r, stages);
	return status;
}

void
record_say(const struct life *l)
{
	const struct run *r = &l->run;
	int64_t started = 0, ended = 0;
	struct buf rows = {0};
	run_read_time(run_get(r, RUN_STARTED), &started);
	run_read_time(run_get(r, RUN_ENDED), &ended);
	if (r->number[RUN_INSERTED] >= 0)
		buf_printf(&rows,
		    ", %" PRId64 " rows inserted, %" PRId64 " updated, %" PRId64 " deleted",
		    r->number[RUN_INSERTED],
		    r->number[RUN_UPDATED] < 0 ? 0 : r->number[RUN_UPDATED],
		    r->number[RUN_DELETED] < 0 ? 0 : r->number[RUN_DELETED]);
	buf_put_byte(&rows, '\0');
	if (log_reader_is_there())
		message("%.*s: %.*s, slot %.*s, attempt %" PRId64 "%s, %.1f s, log %s/log",
		    (int)r->text[RUN_BATCH].n, r->text[RUN_BATCH].p, (int)r->text[RUN_STATE].n,
		    r->text[RUN_STATE].p, (int)r->text[RUN_SLOT].n, r->text[RUN_SLOT].p,
		    r->number[RUN_ATTEMPT], rows.failed ? "" : rows.p,
		    (double)(ended - started) / 1000, l->folder);
	buf_free(&rows);
}
