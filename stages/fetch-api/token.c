/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "common/program/http.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp_path.h"
#include "common/text/hash.h"
#include "common/web/url.h"
#include "stages/fetch-api/answer.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/retry.h"
#include "stages/fetch-api/token.h"
#include "stages/fetch-api/token_cache.h"
#include "stages/fetch-api/verbose.h"

enum {
	ANSWER_MAX = 1024 * 1024,
	MARGIN =
	    60, /* seconds before its end at which a token is replaced, for requests that are under way then */
};

static struct secret client_id, client_secret, refresh_token;
static struct token current;
static uint64_t number; /* of the current one; it grows with each that replaces it */

static void
load(struct secret *s, const char *option, const char *name)
{
	if (!name)
		return;
	credential_load(s, option, name);
}

void
token_init(void)
{
	struct buf all = {0};
	load(&client_id, "client-id", config.client_id);
	load(&client_secret, "client-secret", config.client_secret);
	load(&refresh_token, "refresh-token", config.refresh_token);
	if (!url_is_http(slice_of(config.token_url)))
		die(STATUS_USAGE, "--token-url: %s is not an http or https URL",
		    redact(slice_of(config.token_url)));
	if (url_has_user(slice_of(config.token_url)))
		die(STATUS_USAGE, "--token-url: user and password do not belong in a URL");
	/* A server may repeat them as the pair that Basic would have. */
	buf_put_slice(&all, secret_value(&client_id));
	buf_put_byte(&all, ':');
	buf_put_slice(&all, secret_value(&client_secret));
	redact_add(buf_slice(&all));
	buf_reset(&all);
	/* Which credentials a cached token belongs to. */
	buf_printf(
	    &all, "%s%c%s%c", config.token_url, '\0', config.scope ? config.scope : "", '\0');
	buf_put_slice(&all, secret_value(&client_id));
	buf_put_byte(&all, '\0');
	buf_put_slice(&all, secret_value(&refresh_token));
	buf_check(&all, "the credentials", NULL);
	token_cache_init(config.token_cache, hash64(all.p, all.n));
	buf_free(&all);
}

/* name=value pairs, as a form or a query has them. */
static void
put_pairs(struct buf *b, struct slice refresh)
{
	const struct {
		const char *name;
		struct slice value;
	} pairs[] = {
	    {"grant_type", SLICE("refresh_token")},
	    {"client_id", secret_value(&client_id)},
	    {"client_secret", secret_value(&client_secret)},
	    {"refresh_token", refresh},
	    {"scope", slice_of(config.scope ? config.scope : "")},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!pairs[i].value.n)
			continue;
		if (i)
			buf_put_byte(b, '&');
		buf_put_text(b, pairs[i].name);
		buf_put_byte(b, '=');
		url_put_encoded(b, pairs[i].value);
	}
}

static void
make_request(struct request *q, struct slice refresh)
{
	*q = (struct request){
	    .method = config.token_in_query ? "GET" : "POST", .has_body = !config.token_in_query};
	buf_put_text(&q->url, config.token_url);
	if (config.token_in_query) {
		buf_put_byte(&q->url, strchr(config.token_url, '?') ? '&' : '?');
		put_pairs(&q->url, refresh);
	} else {
		put_pairs(&q->body, refresh);
		buf_put_text(&q->headers, "Content-Type: application/x-www-form-urlencoded\n");
	}
	buf_put_text(&q->headers, "Accept: application/json\n");
	buf_put_byte(&q->url, '\0');
	buf_check(&q->url, "a URL", NULL);
	buf_check(&q->body, "the body of a request", NULL);
	buf_check(&q->headers, "the headers of a request", NULL);
	q->url.n--;
}

static bool
is_retried(enum http_result result, const struct answer *a)
{
	return result == HTTP_FAILED ||
	       (result == HTTP_ANSWERED && (retry_helps(a->http.status) || a->shape == SHAPE_CUT));
}

/* Of a token URL a 400 means the credentials (RFC 6749, 5.2). */
static enum status
exit_status(enum http_result result, long status)
{
	if (result != HTTP_ANSWERED)
		return STATUS_REFUSED;
	return status == 400 ? STATUS_PERMISSION : retry_exit_status(status);
}

/* Gets one answer of the token URL; retries if that may help, dies if not. */
static void
ask(const struct request *q, struct answer *a, const struct retry *outer)
{
	struct retry tries;
	retry_start_within(&tries, outer);
	for (;;) {
		struct http_request request = {
		    .method = q->method,
		    .url = q->url.p,
		    .headers = buf_slice(&q->headers),
		    .has_body = q->has_body,
		    .body = buf_slice(&q->body),
		    .decode = true,
		    .max_time = retry_left(&tries),
		};
		int64_t sent = now_ms();
		enum http_result result =
		    http_perform(fetch.http, &request, answer_put, a, &a->http);
		fetch.requests++;
		if (result == HTTP_ANSWERED)
			answer_read(a, DECODER_JSON);
		if (config.verbose)
			verbose_note(q, result, a, now_ms() - sent, false);
		if (result == HTTP_STOPPED)
			die(STATUS_DATA, "%s %s: the answer is larger than %d bytes", q->method,
			    redact_url(buf_slice(&q->url)), ANSWER_MAX);
		struct buf why = {0};
		if (result != HTTP_ANSWERED) {
			buf_printf(&why, "%s %s: %s", q->method, redact_url(buf_slice(&q->url)),
			    redact(buf_slice(&a->http.why)));
		} else {
			if (a->http.status == 200 && a->shape == SHAPE_GOOD)
				return;
			buf_put_text(&why, answer_told(q, a));
		}
		buf_put_byte(&why, '\0');
		const char *text = why.failed ? "no memory" : why.p;
		long status = a->http.status;
		if (!is_retried(result, a))
			die(exit_status(result, status), "access token: %s", text);
		retry_wait(&tries,
		    result == HTTP_ANSWERED ? retry_least(&tries, status, answer_retry_after(a))
					    : -1,
		    STATUS_TRY_AGAIN, text);
		buf_free(&why);
	}
}

/* expires_in, which some servers send as text. */
static int64_t
lifetime(const struct answer *a)
{
	struct mp_token t;
	int64_t seconds = 0;
	if (!mp_member(buf_slice(&a->json), "expires_in", &t))
		return 0;
	if (t.type == MP_STR && !parse_integer((struct slice){t.p, t.n}, 1, INT32_MAX, &seconds))
		return 0;
	if (t.type == MP_INT)
		seconds = t.i;
	return seconds > 0 && seconds < INT32_MAX ? seconds : 0;
}

static bool
is_bearer(const struct mp_token *t)
{
	return t->type == MP_STR &&
	       slice_equal_caseless((struct slice){t->p, t->n}, SLICE("bearer"));
}

static void
take(const struct answer *a, struct slice used)
{
	struct mp_token t;
	const char *url = redact_url(slice_of(config.token_url));
	if (!mp_member(buf_slice(&a->json), "access_token", &t) || t.type != MP_STR || !t.n)
		die(a->errors.n ? STATUS_PERMISSION : STATUS_DATA,
		    "access token: %s: the answer has no access_token", url);
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] <= ' ' || (unsigned char)t.p[i] >= 0x7f)
			die(STATUS_DATA,
			    "access token: %s: the token holds a character that a header must not "
			    "have",
			    url);
	buf_reset(&current.access);
	buf_put(&current.access, t.p, t.n);
	redact_add(buf_slice(&current.access));
	if (mp_member(buf_slice(&a->json), "token_type", &t) && !is_bearer(&t))
		die(STATUS_DATA, "access token: %s: the token is of a type other than bearer", url);
	int64_t seconds = lifetime(a);
	/* Of a short life the last tenth is enough. */
	int64_t margin = seconds / 10 < MARGIN ? seconds / 10 : MARGIN;
	current.expires = seconds ? (int64_t)time(NULL) + seconds - margin : 0;
	if (!mp_member(buf_slice(&a->json), "refresh_token", &t) || t.type != MP_STR || !t.n ||
	    slice_equal((struct slice){t.p, t.n}, used))
		return;
	struct buf rotated = {0};
	buf_put(&rotated, t.p, t.n);
	redact_add(buf_slice(&rotated));
	buf_free(&current.refresh);
	current.refresh = rotated;
	if (!token_cache_kept())
		message("the server has replaced the refresh token, and without a --token-cache it "
			"cannot be kept: the next run may be refused");
}

static void
ask_for_token(const struct retry *tries)
{
	static struct answer a;
	struct request q;
	struct slice refresh =
	    current.refresh.n ? buf_slice(&current.refresh) : secret_value(&refresh_token);
	answer_init(&a, DECODER_JSON, ANSWER_MAX);
	make_request(&q, refresh);
	ask(&q, &a, tries);
	take(&a, refresh);
	buf_check(&current.access, "a token", NULL);
	buf_free(&q.url);
	buf_free(&q.body);
	buf_free(&q.headers);
}

static bool
is_good(const struct token *t)
{
	return t->access.n && (!t->expires || t->expires > (int64_t)time(NULL));
}

/* Under the lock: takes the shared token, unless it is the refused one, or asks for a new one. */
static void
renew(struct slice refused, const struct retry *tries)
{
	static struct token shared;
	/* Before the lock: the stage after us may wait for it, and would never read. */
	stream_out_flush(fetch.out);
	token_cache_lock(tries);
	token_cache_read(&shared);
	/* A rotated token is newer than the configured one. */
	if (shared.refresh.n) {
		buf_reset(&current.refresh);
		buf_put_slice(&current.refresh, buf_slice(&shared.refresh));
		redact_add(buf_slice(&shared.refresh));
	}
	if (is_good(&shared) && !slice_equal(buf_slice(&shared.access), refused)) {
		buf_reset(&current.access);
		buf_put_slice(&current.access, buf_slice(&shared.access));
		redact_add(buf_slice(&shared.access));
		current.expires = shared.expires;
	} else {
		ask_for_token(tries);
		token_cache_write(&current);
	}
	buf_check(&current.access, "a token", NULL);
	buf_check(&current.refresh, "a token", NULL);
	number++;
	token_cache_unlock();
}

struct slice
token_get(const struct retry *tries)
{
	if (!is_good(&current))
		renew((struct slice){0}, tries);
	fetch.task->token = number;
	return buf_slice(&current.access);
}

bool
token_refresh(const struct retry *tries)
{
	struct buf refused = {0};
	/* Another task has replaced it meanwhile. */
	if (fetch.task->token != number)
		return true;
	buf_put_slice(&refused, buf_slice(&current.access));
	buf_check(&refused, "a token", NULL);
	renew(buf_slice(&refused), tries);
	buf_free(&refused);
	return true;
}
