/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/json/json_write.h"
#include "common/program/loop.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/web/backoff.h"
#include "stages/fetch-api/exchange.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job.h"
#include "stages/fetch-api/job_values.h"
#include "stages/fetch-api/poll.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/retry.h"
#include "stages/fetch-api/waits.h"

enum { ANSWER_MAX = 16 * 1024 * 1024 };

static struct {
	uint64_t made, adopted, failed, without_data, not_removed;
} counts;

/* A job that waits for its place. */
struct turn {
	struct waiter waiter;
	struct turn *next;
};

/* --max-open. Jobs get their places in the order of the tasks, so the first one never waits for a later one. */
static struct {
	int64_t taken;
	struct turn *first, *last;
} places;

static struct job *
job(void)
{
	return &fetch.task->job;
}

static struct slice
told(const struct job *j)
{
	return buf_slice(&j->answer.json);
}

static void
take_place(struct job *j)
{
	struct turn turn = {0};
	if (config.max_open && places.taken >= config.max_open) {
		*(places.first ? &places.last->next : &places.first) = &turn;
		places.last = &turn;
		loop_wait(&turn.waiter);
	} else {
		places.taken++;
	}
	j->open = true;
}

/* Gives it to the next one, if one waits. */
static void
leave_place(struct job *j)
{
	struct turn *next = places.first;
	j->open = false;
	if (!next) {
		places.taken--;
		return;
	}
	places.first = next->next;
	loop_wake(&next->waiter);
}

void
job_clear(struct job *j)
{
	buf_reset(&j->created);
	buf_reset(&j->polled);
	buf_reset(&j->home);
	j->home_private = j->adopted = false;
}

static void
keep(struct buf *values, struct answer *a)
{
	struct buf old = *values;
	*values = a->json;
	a->json = old;
}

bool
job_has_status(const struct answer *a)
{
	return job_state_find(&config.job_words, buf_slice(&a->json), &config.status_path,
		   &job()->word) != JOB_MISSING;
}

bool
job_adopts(const struct answer *a)
{
	struct job *j = job();
	for (size_t i = 0; i < config.n_adopt; i++) {
		buf_reset(&j->created);
		if (job_adopt_find(&config.adopt[i], buf_slice(&a->json), &j->created)) {
			j->adopted = true;
			return true;
		}
	}
	return false;
}

/* False if a rule ignores the answer. */
static bool
create(struct job *j)
{
	struct answer *a = &j->answer;
	job_clear(j);
	request_fill(&j->request, REQUEST_CREATE);
	if (!exchange_once(&j->request, a, config.max_time, "max-time"))
		return false;
	if (!j->request.foreign) {
		buf_put_slice(&j->home, buf_slice(&j->request.url));
		buf_check(&j->home, "a URL", NULL);
	}
	j->home_private = a->http.home_private;
	counts.made += !j->adopted;
	counts.adopted += j->adopted;
	if (j->adopted)
		message("%s; going on with that job", answer_told(&j->request, a));
	else
		keep(&j->created, a);
	return true;
}

/* The first thing at --error-path, as text or JSON; nothing if there is none. */
static void
put_reason(struct buf *b, struct slice body)
{
	static const struct json_style style = {0};
	struct slice value;
	struct mp_walk w;
	struct mp_token t;
	mp_walk_start(&w, body, &config.error_path);
	while (mp_walk_next(&w, &value))
		if (mp_is_something(value)) {
			mp_read(value.p, value.p + value.n, &t);
			if (t.type == MP_STR)
				buf_put_slice(b, (struct slice){t.p, t.n});
			else
				json_write(b, value, &style);
			return;
		}
}

/* The last answer of --poll-url, and why it is no good; in the job's text. */
static const char *
why(struct job *j, const char *what)
{
	struct buf *b = &j->text, reason = {0};
	buf_reset(b);
	buf_printf(b, "%s: %s", answer_told(&j->request, &j->answer), what);
	if (j->word.n)
		buf_printf(b, " \"%s\"", redact(buf_slice(&j->word)));
	if (config.error_path.n && told(j).n)
		put_reason(&reason, told(j));
	if (reason.n)
		buf_printf(b, ": %s", redact(buf_slice(&reason)));
	buf_free(&reason);
	buf_put_byte(b, '\0');
	return b->failed ? "no memory for a message" : b->p;
}

static void
check_status(struct job *j, enum job_state state)
{
	struct buf reason = {0};
	if (state == JOB_UNKNOWN)
		die(STATUS_DATA, "%s: name it with --completed, --running, --failed or --skipped",
		    why(j, "the job has an unknown status"));
	if (state != JOB_MISSING || config.allow_missing)
		return;
	if (told(j).n)
		mp_path_explain(&reason, told(j), &config.status_path);
	die(STATUS_DATA, "%s: --status-path leads to no status%s%s (see --allow-missing)",
	    answer_told(&j->request, &j->answer), reason.n ? ": " : "", redact(buf_slice(&reason)));
}

/* Asks until the job has ended; false if a rule ignores the answer. */
static bool
wait_for_end(struct job *j, enum job_state *state)
{
	int64_t start = now_ms(), wait = config.interval;
	int64_t end = config.timeout > INT64_MAX - start ? INT64_MAX : start + config.timeout;
	request_fill(&j->request, REQUEST_POLL);
	for (;;) {
		int64_t left = end - now_ms();
		bool hurry = left < config.max_time;
		if (!exchange_once(&j->request, &j->answer, hurry ? left : config.max_time,
			hurry ? "timeout" : "max-time"))
			return false;
		*state = job_state_find(&config.job_words, told(j), &config.status_path, &j->word);
		check_status(j, *state);
		if (*state != JOB_RUNNING && *state != JOB_MISSING)
			return true;
		int64_t asked_for = waits_retry_after(&j->answer);
		int64_t pause = asked_for > wait ? asked_for : wait;
		if (pause >= end - now_ms())
			die(STATUS_TRY_AGAIN, "%s; no time is left to ask again (see --timeout)",
			    why(j, j->word.n ? "the job is not done, its status is"
					     : "the job is not done and has no status"));
		poll_say(&j->request, "the job",
		    j->word.n ? redact(buf_slice(&j->word)) : "without a status");
		sleep_ms(pause);
		wait = interval_next(wait, config.max_interval);
	}
}

static void
remove_job(struct job *j)
{
	/* Whoever made an adopted job may still need it. */
	if (!config.delete.url || j->adopted)
		return;
	if (!j->polled.n && job_values_remove_polled()) {
		message("%sthe job is not removed: --delete-url needs the answer of --poll-url, "
			"which was ignored",
		    record_prefix());
		counts.not_removed++;
		return;
	}
	request_fill(&j->request, REQUEST_DELETE);
	if (!exchange_once(&j->request, &j->answer, config.max_time, "max-time"))
		counts.not_removed++;
}

/* After a failure that may be tried again. */
static void
wait_for_another(struct job *j, unsigned n)
{
	int64_t wait = backoff_wait(config.backoff, n, retry_noise());
	const char *text = why(j, "the job has failed, its status is");
	counts.failed++;
	if (n == (unsigned)config.job_retries)
		die(n ? STATUS_TRY_AGAIN : STATUS_REFUSED,
		    n ? "%s (made %u times, see --job-retries)" : "%s", text, n + 1);
	message("%s; making it anew in %" PRId64 ".%03" PRId64 " s (%u of %" PRId64 ")", text,
	    wait / 1000, wait % 1000, n + 1, config.job_retries);
	keep(&j->polled, &j->answer);
	remove_job(j);
	sleep_ms(wait);
}

static bool
lacks_data(void)
{
	for (size_t i = 0; i < config.skip_without.n; i++)
		if (job_values_has(slice_of(config.skip_without.items[i])) &&
		    job_values_lacks(slice_of(config.skip_without.items[i])))
			return true;
	return false;
}

void
job_init(void)
{
	for (size_t i = 0; i < config.skip_without.n; i++) {
		struct slice name = slice_of(config.skip_without.items[i]);
		if (job_values_has(name))
			job_values_check("url", name);
		else if (!config.each)
			die(STATUS_USAGE,
			    "--skip-without: %s is neither create.PATH nor poll.PATH, and without "
			    "--each no field of a record",
			    quoted(name));
	}
}

enum job_result
job_run(void)
{
	struct job *j = job();
	enum job_state state = JOB_COMPLETED;
	if (!config.create.url)
		return JOB_DATA;
	if (!j->ready)
		answer_init(&j->answer, DECODER_JSON,
		    config.max_response < ANSWER_MAX ? (uint64_t)config.max_response : ANSWER_MAX);
	j->ready = true;
	take_place(j);
	for (unsigned n = 0;; n++) {
		if (!create(j) || (config.poll.url && !wait_for_end(j, &state)))
			return JOB_IGNORED;
		if (state != JOB_FAILED)
			break;
		wait_for_another(j, n);
	}
	if (config.poll.url)
		keep(&j->polled, &j->answer);
	if (state == JOB_COMPLETED && !lacks_data())
		return JOB_DATA;
	counts.without_data++;
	return JOB_NO_DATA;
}

void
job_end(void)
{
	struct job *j = job();
	if (!j->open)
		return;
	if (j->created.n)
		remove_job(j);
	leave_place(j);
}

void
job_count(void)
{
	if (!config.create.url)
		return;
	stream_count("jobs", counts.made);
	stream_count("adopted", counts.adopted);
	stream_count("failed", counts.failed);
	stream_count("without data", counts.without_data);
	stream_count("not removed", counts.not_removed);
}
