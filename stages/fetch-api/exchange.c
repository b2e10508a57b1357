/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/web/backoff.h"
#include "stages/fetch-api/auth.h"
#include "stages/fetch-api/exchange.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job.h"
#include "stages/fetch-api/pace.h"
#include "stages/fetch-api/pages.h"
#include "stages/fetch-api/poll.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/report.h"
#include "stages/fetch-api/retry.h"
#include "stages/fetch-api/verbose.h"
#include "stages/fetch-api/waits.h"

/* The answers about a job are JSON, whatever is downloaded. */
static enum decoder
decoder_of(enum request_kind kind)
{
	return kind == REQUEST_MAIN ? config.decoder : DECODER_JSON;
}

static enum http_result
attempt(const struct request *q, struct answer *a, const struct retry *tries)
{
	struct buf headers = {.max = HTTP_HEADERS_MAX}, url = {0};
	buf_put_slice(&url, buf_slice(&q->url));
	buf_put_byte(&url, '\0');
	buf_check(&url, "a URL", NULL);
	url.n--;
	struct http_request request = {
	    .method = q->method,
	    .has_body = q->has_body,
	    .body = buf_slice(&q->body),
	    .decode = decoder_of(q->kind) == DECODER_JSON,
	    .wary = q->wary,
	};
	if (!q->foreign) {
		buf_put_slice(&headers, buf_slice(&q->headers));
		auth_apply(&headers, &url, tries);
		auth_sign(&request);
	}
	/* After a wait for a token, and before a signature, which is made when the request is sent. */
	uint64_t number = pace_wait(q, tries);
	request.url = url.p;
	request.headers = buf_slice(&headers);
	request.max_time = retry_left(tries);
	/*
	 * The answer may take long, so the next stage gets the records that are
	 * ready.
	 */
	task_flush();
	int64_t sent = now_ms();
	enum http_result result = http_perform(fetch.http, &request, answer_put, a, &a->http);
	pace_done(number);
	fetch.requests++;
	a->kind = q->kind;
	if (result == HTTP_ANSWERED) {
		answer_read(a, decoder_of(q->kind));
		waits_note(q, a);
	}
	if (config.verbose)
		verbose_note(q, result, a, now_ms() - sent, true);
	buf_free(&headers);
	buf_free(&url);
	return result;
}

struct verdict {
	enum action action;
	int64_t least;        /* minimum wait in milliseconds; -1 if there is none */
	int64_t told;         /* the wait that the answer asks for; -1 if it does not */
	enum status status;   /* to end with */
	const char *because;  /* the option that decided, or NULL */
	const char *rule;     /* its value */
	struct slice said;    /* the text that the rule found in the answer */
	bool unreadable;      /* a success by a rule, were it not for the body */
	bool again;           /* if a new token is refused, another one may not be */
	struct report report; /* of the content, when no option decided */
};

static struct verdict
verdict(enum action action, enum status status)
{
	return (struct verdict){.action = action, .least = -1, .told = -1, .status = status};
}

/* The meaning of an answer without a matching rule. */
static struct verdict
judge_by_status(const struct answer *a)
{
	long status = a->http.status;
	/* "Removed" need not be said in JSON. */
	if (status >= 200 && status < 300 && a->kind == REQUEST_DELETE)
		return verdict(ACTION_SUCCESS, STATUS_OK);
	if (status >= 200 && status < 300) {
		/* A body that ends too early may have been cut on its way; any other is as the server sends it. */
		if (a->shape == SHAPE_CUT || a->shape == SHAPE_CUT_FILE)
			return verdict(
			    ACTION_RETRY, a->shape == SHAPE_CUT ? STATUS_DATA : STATUS_TRY_AGAIN);
		if (a->shape == SHAPE_BAD && status == 202 && a->accepted_by_rule)
			return verdict(ACTION_FAIL, STATUS_TRY_AGAIN);
		return verdict(a->shape == SHAPE_BAD ? ACTION_FAIL : ACTION_SUCCESS,
		    a->errors.n && decoder_of(a->kind) == DECODER_RAW ? STATUS_REFUSED
								      : STATUS_DATA);
	}
	if (status == 401 && config_auth_is_oauth2())
		return verdict(ACTION_REFRESH_TOKEN, STATUS_PERMISSION);
	return verdict(retry_helps(status) ? ACTION_RETRY : ACTION_FAIL, retry_exit_status(status));
}

/* A status of success, and no rule: an error in the content is not "no data". */
static struct verdict
judge_content(const struct answer *a)
{
	struct report report = {0};
	if (a->kind == REQUEST_MAIN)
		report = report_find(a, poll_is_awaited(a));
	else if (a->kind != REQUEST_POLL || !job_has_status(a))
		report = report_find_of_job(a);
	bool good = report.kind == REPORT_GOOD || report.kind == REPORT_PARTIAL;
	struct verdict v = verdict(good ? ACTION_SUCCESS : ACTION_FAIL,
	    report.kind == REPORT_NOT_DONE ? STATUS_TRY_AGAIN : STATUS_REFUSED);
	v.report = report;
	return v;
}

/* The first rule that holds, in *v; false if there is none. */
static bool
judge_by_rules(const struct answer_view *view, struct verdict *v)
{
	for (size_t i = 0; i < config.n_rules; i++) {
		const struct rule *rule = &config.rules[i];
		if (!conditions_hold(&rule->when, view))
			continue;
		bool again = rule->action == ACTION_RETRY || rule->action == ACTION_RATE_LIMITED;
		enum status status = again ? STATUS_TRY_AGAIN : retry_exit_status(view->status);
		bool final = rule->action == ACTION_FAIL || rule->action == ACTION_SPLIT_WINDOW ||
			     rule->action == ACTION_SHRINK_PAGE;
		if (final && status == STATUS_TRY_AGAIN)
			status = STATUS_REFUSED;
		if (rule->action == ACTION_UNAUTHORIZED)
			status = STATUS_PERMISSION;
		*v = verdict(rule->action, status);
		v->least = rule->wait ? rule->wait : -1;
		v->again = rule->wait > 0;
		v->because = "on";
		v->rule = rule->text;
		return true;
	}
	return false;
}

static struct verdict
judge_answer(const struct answer *a)
{
	struct answer_view view = answer_view(a);
	struct verdict v = judge_by_status(a);
	if (a->kind == REQUEST_CREATE && v.action != ACTION_SUCCESS && job_adopts(a))
		return verdict(ACTION_SUCCESS, STATUS_OK);
	/* A rule may forgive a status, not a body that cannot be read. */
	if (judge_by_rules(&view, &v) && v.action == ACTION_SUCCESS && a->shape != SHAPE_GOOD &&
	    !a->accepted_by_rule) {
		v.action = ACTION_FAIL;
		v.status = STATUS_DATA;
		v.unreadable = true;
	}
	for (size_t i = 0; i < config.n_fail_on && v.action == ACTION_SUCCESS && !v.because; i++)
		if (conditions_hold(&config.fail_on[i].when, &view)) {
			v = verdict(ACTION_FAIL, STATUS_REFUSED);
			v.because = "fail-on";
			v.rule = config.fail_on[i].text;
			v.said = conditions_text(&config.fail_on[i].when, &view);
		}
	if (v.action == ACTION_SUCCESS && !v.because)
		v = judge_content(a);
	v.told = waits_told(a, v.action == ACTION_RATE_LIMITED || a->http.status == 429);
	if (v.told > v.least)
		v.least = v.told;
	return v;
}

/* No answer, or one that has begun and broken off. */
static struct verdict
judge_broken(const struct answer *a)
{
	struct verdict v = verdict(ACTION_RETRY, STATUS_TRY_AGAIN);
	struct answer_view view = {
	    .request = answer_view(a).request,
	    .headers = buf_slice(&a->http.headers),
	    .broken = true,
	};
	bool less = a->http.status && judge_by_rules(&view, &v) &&
		    (v.action == ACTION_SPLIT_WINDOW || v.action == ACTION_SHRINK_PAGE);
	if (less)
		v.status = STATUS_TRY_AGAIN;
	return v;
}

static struct verdict
judge(enum http_result result, const struct answer *a)
{
	if (result == HTTP_ANSWERED)
		return judge_answer(a);
	if (result == HTTP_FAILED)
		return judge_broken(a);
	return verdict(ACTION_FAIL, result == HTTP_STOPPED ? STATUS_DATA : STATUS_REFUSED);
}

/* Describes the request, its result, and the option that rejects it; in b, as others use the static texts while this one waits. */
static const char *
told(struct buf *b, enum http_result result, const struct request *q, const struct answer *a,
    const struct verdict *v)
{
	buf_reset(b);
	if (result == HTTP_ANSWERED)
		buf_put_text(b, answer_told(q, a));
	else
		buf_printf(
		    b, "%s%s %s: ", record_prefix(), q->method, redact_url(buf_slice(&q->url)));
	if (result == HTTP_STOPPED)
		buf_printf(b, "the answer is larger than %" PRIu64 " bytes%s", a->body.max,
		    a->body.max == (uint64_t)config.max_response ? " (see --max-response)" : "");
	else if (result != HTTP_ANSWERED)
		buf_put_text(b, redact(buf_slice(&a->http.why)));
	if (v->because)
		buf_printf(b, " (--%s %s%s%s)", v->because, redact(slice_of(v->rule)),
		    v->said.n ? ": " : "", v->said.n ? redact(v->said) : "");
	report_put(b, &v->report, a);
	if (result == HTTP_ANSWERED && v->status == STATUS_PERMISSION)
		auth_put_skew(b, &a->http);
	if (v->unreadable)
		buf_printf(b, ", but %.*s", (int)a->why.n, a->why.p);
	buf_put_byte(b, '\0');
	return b->failed ? "no memory for a message" : b->p;
}

/* Waits for another try; false if there is none for the removal of a job. A limit is one for every other request, too. */
static bool
try_again(struct retry *tries, enum http_result result, const struct answer *a, struct verdict *v,
    const char *why)
{
	bool limited =
	    v->action == ACTION_RATE_LIMITED || (result == HTTP_ANSWERED && a->http.status == 429);
	if (limited) {
		v->least = retry_least(tries, 429, v->least);
		pace_hold(v->least, SLICE("a limit is reached"), false);
	}
	if (!tries->may_fail)
		waits_check(v->told, why);
	return retry_wait(tries, v->least, v->status, why);
}

/* Dies, unless only the removal of a job has failed: all of its records are there. */
static void
fail(const struct request *q, enum status status, const char *why)
{
	if (q->kind != REQUEST_DELETE)
		die(status, "%s", why);
	message("%s", why);
}

/* The request asks for too much: the task goes on with less. False if that cannot be. */
static bool
ask_for_less(const struct request *q, enum action action, const char *why)
{
	struct task *t = fetch.task;
	struct buf now = {0};
	if (action == ACTION_SHRINK_PAGE) {
		if (q->kind != REQUEST_MAIN || !pages_shrink(t))
			return false;
		buf_printf(&now, "pages of %" PRId64, t->page_size);
	} else {
		if (!window_split(&t->window))
			return false;
		window_put(&now, &t->window);
	}
	t->refusal = action == ACTION_SPLIT_WINDOW ? REFUSAL_WINDOW : REFUSAL_PAGE;
	buf_put_byte(&now, '\0');
	buf_check(&now, "a message", NULL);
	message("%s; asking for less: %s", why, now.p);
	buf_free(&now);
	return true;
}

/*
 * True: the answer is to be used. False: it is ignored, or a job was not removed, or less is
 * to be asked for, see the task's refusal. text holds the messages.
 */
static bool
ask_until_judged(const struct request *q, struct answer *a, struct retry *tries, struct buf *text)
{
	bool refreshed = false;
	for (;;) {
		enum http_result result = attempt(q, a, tries);
		struct verdict v = judge(result, a);
		a->partial = v.report.kind == REPORT_PARTIAL;
		if (v.action == ACTION_SUCCESS && !a->partial)
			return true;
		const char *why = told(text, result, q, a, &v);
		if (v.action == ACTION_SUCCESS) {
			message("%s", why);
			return true;
		}
		switch (v.action) {
		case ACTION_IGNORE:
			fetch.ignored++;
			message("%s; ignored", why);
			return false;
		case ACTION_SPLIT_WINDOW:
		case ACTION_SHRINK_PAGE:
			if (q->kind == REQUEST_DELETE) {
				fail(q, v.status, why);
				return false;
			}
			if (ask_for_less(q, v.action, why))
				return false;
			/* What has broken off may come whole, as small as it is. */
			if (result == HTTP_ANSWERED)
				die(v.status, "%s: %s", why,
				    v.action == ACTION_SPLIT_WINDOW
					? "the window cannot be split any further"
					: "there is no smaller page to ask for");
			if (!try_again(tries, result, a, &v, why))
				return false;
			break;
		case ACTION_RATE_LIMITED:
		case ACTION_RETRY:
			if (!try_again(tries, result, a, &v, why))
				return false;
			break;
		case ACTION_REFRESH_TOKEN:
			/* By a rule with a time to wait, a new token that is refused as well is replaced later. */
			v.status = STATUS_PERMISSION;
			if (refreshed && v.again && !try_again(tries, result, a, &v, why))
				return false;
			if (q->foreign || (refreshed && !v.again) || !auth_refresh(tries)) {
				fail(q, STATUS_PERMISSION, why);
				return false;
			}
			refreshed = true;
			break;
		case ACTION_SUCCESS:
		case ACTION_FAIL:
		case ACTION_UNAUTHORIZED:
			fail(q, v.status, why);
			return false;
		}
	}
}

bool
exchange_once(const struct request *q, struct answer *a, int64_t budget, const char *option)
{
	struct retry tries;
	struct buf text = {0};
	retry_start(&tries, budget, option);
	tries.may_fail = q->kind == REQUEST_DELETE;
	bool used = ask_until_judged(q, a, &tries, &text);
	buf_free(&text);
	return used;
}

bool
exchange(const struct request *q, struct answer *a)
{
	int64_t end = config.timeout > INT64_MAX - now_ms() ? INT64_MAX : now_ms() + config.timeout;
	int64_t wait = config.interval;
	for (;;) {
		int64_t left = end - now_ms();
		bool hurry = config.n_until && left < config.max_time;
		if (!exchange_once(
			q, a, hurry ? left : config.max_time, hurry ? "timeout" : "max-time"))
			return false;
		if (poll_is_awaited(a))
			return true;
		poll_note(q, a);
		if (wait >= end - now_ms())
			die(STATUS_TRY_AGAIN,
			    "%s%s %s: --until %s does not hold, and no time is left to ask again "
			    "(see --timeout); there is %s",
			    record_prefix(), q->method, redact_url(buf_slice(&q->url)),
			    redact(slice_of(config.until[0].text)), poll_value(a));
		sleep_ms(wait);
		wait = interval_next(wait, config.max_interval);
	}
}
