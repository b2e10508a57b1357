/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/aws/impl.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp.h"
#include "common/text/hash.h"
#include "common/web/backoff.h"
#include "common/web/http_header.h"
#include "common/web/sigv4.h"
#include "common/web/url.h"
#include "common/web/xml.h"

enum {
	MILLION = 1000000,
	CONNECT_TIME = 10 * 1000, /* milliseconds */
	READ_TIME = 30 * 1000,
	ANSWER_TIME = 60 * 1000,
	BACKOFF = 200,           /* milliseconds before the second try, at most */
	WAIT_MAX = 20 * 1000,    /* milliseconds */
	SKEW = 4 * 60,           /* seconds: services accept five minutes */
	HEADERS_MAX = 64 * 1024, /* bytes of a request's headers */
	TRIES_MAX = 20,
};

void
aws_answer_wipe(struct aws_answer *answer)
{
	secret_wipe_buf(&answer->body);
	buf_free(&answer->headers);
	*answer = (struct aws_answer){0};
}

/* Where the body of an answer goes. */
struct taking {
	const struct aws_request *q;
	struct aws_answer *answer;
	const struct http_answer *http;
};

static bool
is_good(long status)
{
	return status >= 200 && status < 300;
}

static bool
take(void *context, const char *p, size_t n)
{
	struct taking *t = context;
	if (t->q->take && is_good(t->http->status)) {
		t->answer->status = t->http->status;
		return t->q->take(t->q->context, t->http, (struct slice){p, n});
	}
	buf_put(&t->answer->body, p, n);
	return !t->answer->body.failed;
}

/* Jitter needs to differ between processes that start together, and nothing more. */
static uint64_t
noise(void)
{
	static uint64_t state[3];
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	state[0]++;
	state[1] ^= (uint64_t)t.tv_nsec;
	state[2] = (uint64_t)getpid();
	return hash64(state, sizeof state);
}

static void
wait_before(const struct aws *a, unsigned tries, int64_t least)
{
	int64_t ms = backoff_wait(BACKOFF, tries, noise());
	if (least > 0)
		ms += least;
	if (ms > WAIT_MAX)
		ms = WAIT_MAX;
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * MILLION};
	while (!aws_stopped(a) && nanosleep(&t, &t) && errno == EINTR)
		;
}

/* How many tries a request has. */
static unsigned
tries_of(const struct aws *a)
{
	struct slice value;
	const char *variable = aws_variable("AWS_MAX_ATTEMPTS");
	int64_t n;
	if (variable)
		value = slice_of(variable);
	else if (!aws_profile_setting(a, slice_of(a->profile), "max_attempts", &value))
		return AWS_TRIES;
	return parse_integer(value, 1, TRIES_MAX, &n) ? (unsigned)n : AWS_TRIES;
}

static bool
put_url(struct aws *a, const struct aws_request *q, struct buf *url, struct failure *f)
{
	if (q->url)
		buf_put_text(url, q->url);
	else if (!aws_put_endpoint(a, q->service, url, f))
		return false;
	else
		buf_put_text(url, q->target);
	buf_put_byte(url, '\0');
	if (url->failed)
		return failure_set(f, STATUS_TRY_AGAIN, "no memory for a URL");
	url->n--;
	return true;
}

static bool
sign(struct aws *a, const struct aws_keys *keys, const char *service, bool s3,
    const struct sigv4_request *q, struct buf *headers)
{
	struct sigv4 s = {.access_key = buf_slice(&keys->access),
	    .secret_key = buf_slice(&keys->secret),
	    .token = buf_slice(&keys->token),
	    .region = slice_of(a->region),
	    .service = slice_of(service),
	    .time = aws_time(a),
	    .s3 = s3};
	return sigv4_sign(headers, &s, q);
}

bool
aws_ready(struct aws *a, struct failure *f)
{
	return aws_region(a, f) && aws_keys(a, f);
}

bool
aws_sign(struct aws *a, const char *service, const struct sigv4_request *q, struct buf *headers)
{
	return sign(a, &a->keys, service, strcmp(service, aws_s3.name) == 0, q, headers);
}

/* The request's headers, with its signature. */
static bool
put_headers(struct aws *a, const struct aws_request *q, struct slice url, struct buf *headers,
    struct failure *f)
{
	headers->max = HEADERS_MAX;
	/* All at once: a buffer that grows leaves copies of the session's token. */
	buf_reserve(headers, HEADERS_MAX);
	buf_put_slice(headers, q->headers);
	if (q->is_unsigned)
		return true;
	const struct aws_keys *keys = q->keys ? q->keys : aws_keys(a, f);
	if (!keys || !aws_region(a, f))
		return false;
	struct sigv4_request signed_request = {
	    .method = q->method, .url = url, .body = q->body, .body_hash = q->body_hash};
	if (!sign(a, keys, q->service->name, q->s3, &signed_request, headers))
		return failure_set(f, STATUS_BUG, "the request cannot be signed");
	return true;
}

/* One try. False with the failure set if it could not even be sent. */
static bool
send_once(struct aws *a, const struct aws_request *q, const char *url, struct aws_answer *answer,
    enum http_result *result, struct failure *f)
{
	struct buf headers = {0};
	if (!put_headers(a, q, slice_of(url), &headers, f)) {
		secret_wipe_buf(&headers);
		return false;
	}
	if (!a->http)
		a->http = http_new(&(struct http_options){.cacert = a->cacert,
		    .connect_timeout = CONNECT_TIME,
		    .read_timeout = READ_TIME,
		    .allow_private = true});
	struct http_request request = {.method = q->method,
	    .url = url,
	    .headers = buf_slice(&headers),
	    .has_body = q->has_body,
	    .body = q->body,
	    .max_time = q->max_time ? q->max_time : ANSWER_TIME,
	    .exact = true,
	    .fresh = q->fresh,
	    .stop = a->stop,
	    /* else a proxy would get plain text for an endpoint that was allowed as one of this machine */
	    .direct = aws_is_loopback(slice_of(url))};
	struct http_answer http = {.headers = answer->headers};
	struct taking taking = {q, answer, &http};
	size_t most = q->answer_max ? q->answer_max : AWS_ANSWER_MAX;
	secret_wipe_buf(&answer->body);
	answer->body.max = most;
	*result = HTTP_STOPPED;
	/* All at once, as for the headers; a large answer never holds a secret. */
	if (buf_reserve(&answer->body, q->answer_max ? 1 : most))
		*result = http_perform(a->http, &request, take, &taking, &http);
	answer->status = http.status;
	answer->headers = http.headers;
	if (*result == HTTP_STOPPED)
		failure_set(f, STATUS_DATA, "the answer is larger than %zu bytes", most);
	else if (*result != HTTP_ANSWERED)
		failure_set(f, *result == HTTP_FAILED ? STATUS_TRY_AGAIN : STATUS_REFUSED, "%.*s",
		    (int)http.why.n, http.why.p ? http.why.p : "");
	buf_free(&http.url);
	buf_free(&http.why);
	secret_wipe_buf(&headers);
	return true;
}

/* Sets the clock by the answer's Date; false if it is not wrong, or was set before. */
static bool
correct_clock(struct aws *a, const struct aws_answer *answer)
{
	struct slice date;
	int64_t there;
	if (a->clock_offset || !header_find(buf_slice(&answer->headers), "date", &date) ||
	    !http_date(date, &there))
		return false;
	int64_t offset = there - (int64_t)time(NULL);
	if (offset > -SKEW && offset < SKEW)
		return false;
	a->clock_offset = offset;
	message("the clock of this machine is %" PRId64
		" s %s: requests are signed with the time of AWS",
	    offset < 0 ? -offset : offset, offset < 0 ? "fast" : "slow");
	return true;
}

/* The service's answer as a failure. */
static void
describe(const struct aws_request *q, const struct aws_answer *answer, struct failure *f)
{
	const struct aws_fault *fault = &answer->fault;
	static const enum status statuses[] = {
	    [AWS_REFUSED] = STATUS_REFUSED,
	    [AWS_RETRY] = STATUS_TRY_AGAIN,
	    [AWS_SKEW] = STATUS_PERMISSION,
	    [AWS_EXPIRED] = STATUS_PERMISSION,
	    [AWS_DENIED] = STATUS_PERMISSION,
	    [AWS_MISSING] = STATUS_CONFIG,
	};
	if (answer->status >= 300 && answer->status < 400)
		failure_set(f, STATUS_REFUSED,
		    "%s redirects, and credentials are never sent elsewhere", q->service->name);
	else
		failure_set(f, statuses[answer->kind], "%s answered %ld%s%s%s%s", q->service->name,
		    answer->status, fault->code[0] ? " " : "", fault->code,
		    fault->text[0] ? ": " : "", fault->text);
}

static int64_t
retry_after(const struct aws_answer *answer)
{
	struct slice value;
	int64_t seconds;
	return header_find(buf_slice(&answer->headers), "retry-after", &value) &&
		       parse_integer(value, 0, WAIT_MAX / 1000, &seconds)
		   ? seconds * 1000
		   : 0;
}

/* Whether another try may help at once: the clock is corrected, or the keys are new. */
static bool
is_mended(
    struct aws *a, const struct aws_request *q, const struct aws_answer *answer, bool *renewed)
{
	if (q->is_unsigned)
		return false;
	if (answer->kind == AWS_SKEW)
		return correct_clock(a, answer);
	if (answer->kind != AWS_EXPIRED || q->keys || *renewed)
		return false;
	*renewed = true;
	return aws_keys_renew(a);
}

/* S3 answers 200 to some requests before it knows whether they succeed. */
static bool
hides_error(const struct aws_request *q, const struct aws_answer *answer)
{
	struct slice name, content;
	size_t at = 0;
	return q->s3 && !q->take && xml_next(buf_slice(&answer->body), &at, &name, &content) &&
	       slice_is(name, "Error");
}

/* One try, and the wait before the next one. */
static enum aws_step
try_once(struct aws *a, const struct aws_request *q, const char *url, struct aws_answer *answer,
    struct aws_tries *tries, struct failure *f)
{
	enum http_result result;
	*answer = (struct aws_answer){.body = answer->body, .headers = answer->headers};
	answer->kind = AWS_RETRY;
	if (!send_once(a, q, url, answer, &result, f))
		return AWS_FAILED;
	if (result == HTTP_ANSWERED) {
		if (is_good(answer->status) && !hides_error(q, answer))
			return AWS_DONE;
		aws_fault_read(&answer->fault, buf_slice(&answer->body));
		answer->kind = aws_fault_kind(&answer->fault, answer->status);
		describe(q, answer, f);
		if (is_mended(a, q, answer, &tries->renewed))
			return AWS_AGAIN;
	} else {
		struct failure inner = *f;
		answer->kind = result == HTTP_FAILED ? AWS_RETRY : AWS_REFUSED;
		answer->lost = result == HTTP_FAILED;
		failure_set(f, inner.status, "%s: %.900s", q->service->name, inner.text);
	}
	if (answer->kind != AWS_RETRY || ++tries->n >= tries_of(a) || aws_stopped(a))
		return AWS_FAILED;
	wait_before(a, tries->n - 1, retry_after(answer));
	return aws_stopped(a) ? AWS_FAILED : AWS_AGAIN;
}

enum aws_step
aws_try(struct aws *a, const struct aws_request *q, struct aws_answer *answer,
    struct aws_tries *tries, struct failure *f)
{
	struct buf url = {0};
	enum aws_step step = AWS_FAILED;
	if (put_url(a, q, &url, f))
		step = try_once(a, q, url.p, answer, tries, f);
	buf_free(&url);
	return step;
}

bool
aws_send(struct aws *a, const struct aws_request *q, struct aws_answer *answer, struct failure *f)
{
	struct aws_tries tries = {0};
	enum aws_step step;
	do
		step = aws_try(a, q, answer, &tries, f);
	while (step == AWS_AGAIN);
	return step == AWS_DONE;
}

bool
aws_json(struct aws *a, const struct aws_service *service, const char *action, struct slice body,
    struct aws_answer *answer, struct failure *f)
{
	struct buf headers = {0}, map = {.max = AWS_ANSWER_MAX};
	struct json_error error;
	buf_printf(
	    &headers, "Content-Type: application/x-amz-json-1.1\nX-Amz-Target: %s\n", action);
	struct aws_request q = {.service = service,
	    .method = "POST",
	    .target = "/",
	    .headers = buf_slice(&headers),
	    .body = body,
	    .has_body = true};
	bool good = aws_send(a, &q, answer, f);
	buf_free(&headers);
	if (!good)
		return false;
	struct mp_token t;
	good = buf_reserve(&map, AWS_ANSWER_MAX) &&
	       json_to_msgpack(buf_slice(&answer->body), JSON_DUPLICATES_ERROR, &map, &error) &&
	       mp_read(map.p, map.p + map.n, &t) && t.type == MP_MAP;
	secret_wipe_buf(&answer->body);
	answer->body = map;
	return good || failure_set(f, STATUS_TRY_AGAIN, "%s: the answer is not a JSON object",
			   service->name);
}
