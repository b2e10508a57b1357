/* SPDX-License-Identifier: MIT */
/*
 * fetch-api asks an HTTP API, once or once for each record of its input, page
 * by page, and writes the records (or files) of the answers. Requests are made
 * of templates (request.c, variables.c). An answer is complete before any of it is
 * sent on (answer.c, spool.c), so it can be tried again as long as rules and
 * time allow (exchange.c, retry.c). Paging is in pages.c, authorization in
 * auth.c and token.c, output in records.c and coverage_build.c.
 */
#include <unistd.h>

#include "common/program/message.h"
#include "common/stream/replay.h"
#include "stages/fetch-api/auth.h"
#include "stages/fetch-api/coverage_build.h"
#include "stages/fetch-api/feed.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/include.h"
#include "stages/fetch-api/lineage.h"
#include "stages/fetch-api/pace.h"
#include "stages/fetch-api/pages.h"
#include "stages/fetch-api/playback.h"
#include "stages/fetch-api/print.h"
#include "stages/fetch-api/records.h"
#include "stages/fetch-api/trace.h"
#include "stages/fetch-api/variables.h"
#include "stages/fetch-api/workers.h"

/* Before the first task. */
static struct task no_task;

struct fetch fetch = {.task = &no_task};

/* Everything that the options name is read before the first request. */
static void
start(void)
{
	struct http_options http = {
	    .cacert = config.cacert,
	    .connect_timeout = config.connect_timeout,
	    .read_timeout = config.read_timeout,
	    .allow_private = config.allow_private,
	    .at_once = config.concurrency,
	};
	struct http_tap tap = {0};
	trace_init(&tap);
	playback_init(&tap);
	variables_init();
	request_init();
	job_init();
	records_init();
	windows_check_use();
	coverage_init();
	auth_init();
	pace_init();
	fetch.http = http_new(&http);
	http_set_tap(fetch.http, &tap);
}

/* All pages of the main request, or its file; false if a rule ignores an answer. */
static bool
fetch_all(struct request *q, struct answer *a, uint64_t *records)
{
	if (config.decoder == DECODER_JSON)
		return pages_fetch(q, a, records);
	bool whole = exchange(q, a);
	if (whole)
		records_send_file(a);
	return whole;
}

/* The window of the current task, or a part of it: one request with all its pages. */
static void
ask_window(struct request *q, struct answer *a)
{
	uint64_t records = 0;
	bool whole = true;
	fetch.task->refusal = REFUSAL_NONE;
	fetch.task->poll = (struct poll_notes){0};
	enum job_result job = job_run();
	if (job == JOB_DATA) {
		request_fill(q, REQUEST_MAIN);
		whole = fetch_all(q, a, &records);
	}
	job_end();
	if (fetch.task->refusal == REFUSAL_WINDOW) {
		task_forget();
		return;
	}
	task_release();
	if (whole && job != JOB_IGNORED)
		coverage_note(records, config.decoder == DECODER_JSON);
	else
		coverage_leave_out();
}

/* The current task. The buffers are reused from task to task. */
static void
ask(struct request *q, struct answer *a)
{
	struct task *t = fetch.task;
	t->page_size = 0;
	t->holds = windows_may_split();
	do {
		include_make();
		ask_window(q, a);
	} while (t->refusal == REFUSAL_WINDOW || window_next_part(&t->window));
	t->holds = false;
}

static void
work(struct worker *me)
{
	struct request request = {0};
	struct answer answer;
	answer_init(&answer, config.decoder, (uint64_t)config.max_response);
	answer_may_be_large(&answer);
	while (worker_next(me))
		ask(&request, &answer);
}

static void
print_of_job(struct request *q, enum request_kind kind, const char *url)
{
	if (!url)
		return;
	request_fill(q, kind);
	print_request(q);
}

/* --print-request: nothing is sent, and standard output is not a stream. */
static int
print_all(void)
{
	static struct task task;
	static struct request request;
	struct request first;
	variables_init();
	request_init();
	job_init();
	if (config.each)
		fetch.in = stream_in_open(STDIN_FILENO, NULL);
	while (feed_next(&task)) {
		fetch.task = &task;
		print_of_job(&request, REQUEST_CREATE, config.create.url);
		print_of_job(&request, REQUEST_POLL, config.poll.url);
		request_fill(&request, REQUEST_MAIN);
		pages_first(&request, &first);
		print_request(&first);
		buf_free(&first.url);
		buf_free(&first.headers);
		buf_free(&first.body);
		print_of_job(&request, REQUEST_DELETE, config.delete.url);
	}
	print_end();
	return STATUS_OK;
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	config_parse(argc, argv);
	if (config.print_request)
		return print_all();
	fetch.out = stream_out_open(STDOUT_FILENO);
	if (!config.replay && replay(fetch.out, config.each))
		return STATUS_OK;
	if (config.each)
		fetch.in = stream_in_open(STDIN_FILENO, fetch.out);
	else
		stream_out_start(fetch.out, config.dry_run);
	start();
	workers_run(work);
	lineage_check_found();
	coverage_send();
	stream_count("requests", fetch.requests);
	stream_count("retries", fetch.retries);
	stream_count("ignored", fetch.ignored);
	if (config.each && config.skip_without.n)
		stream_count("skipped", fetch.skipped);
	job_count();
	stream_finish(fetch.in, fetch.out);
	return STATUS_OK;
}
