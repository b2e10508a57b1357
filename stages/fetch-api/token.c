/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <time.h>

#include "common/program/http.h"
#include "common/program/loop.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp_path.h"
#include "common/text/hash.h"
#include "common/web/url.h"
#include "stages/fetch-api/answer.h"
#include "stages/fetch-api/auth.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/pace.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/retry.h"
#include "stages/fetch-api/token.h"
#include "stages/fetch-api/token_cache.h"
#include "stages/fetch-api/token_request.h"
#include "stages/fetch-api/verbose.h"
#include "stages/fetch-api/waits.h"

enum {
	ANSWER_MAX = 1024 * 1024,
	MARGIN =
	    60, /* seconds before its end at which a token is replaced, for requests that are under way then */
};

static struct secret refresh_token;
static struct token current;
static uint64_t number; /* of the current one; it grows with each that replaces it */

void
token_init(void)
{
	struct buf all = {0};
	token_request_init();
	if (config.refresh_token)
		credential_load(&refresh_token, "refresh-token", config.refresh_token);
	if (!url_is_http(slice_of(config.token_url)))
		die(STATUS_USAGE, "--token-url: %s is not an http or https URL",
		    redact(slice_of(config.token_url)));
	if (url_has_user(slice_of(config.token_url)))
		die(STATUS_USAGE, "--token-url: user and password do not belong in a URL");
	/* Which credentials a cached token belongs to. */
	token_request_put_owner(&all);
	buf_put_byte(&all, '\0');
	buf_put_slice(&all, secret_value(&refresh_token));
	token_request_put_owner_options(&all);
	buf_check(&all, "the credentials", NULL);
	token_cache_init(config.token_cache, hash64(all.p, all.n));
	secret_wipe_buf(&all);
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

static enum http_result
send(const struct request *q, struct answer *a, const struct retry *tries)
{
	struct http_request request = {
	    .method = q->method,
	    .url = q->url.p,
	    .headers = buf_slice(&q->headers),
	    .has_body = q->has_body,
	    .body = buf_slice(&q->body),
	    .decode = true,
	    .holds_secrets = true,
	};
	uint64_t turn = pace_wait(q, tries);
	request.max_time = retry_left(tries);
	int64_t sent = now_ms();
	enum http_result result = http_perform(fetch.http, &request, answer_put, a, &a->http);
	pace_done(turn);
	fetch.requests++;
	if (result == HTTP_ANSWERED)
		answer_read(a, DECODER_JSON);
	if (config.verbose)
		verbose_note(q, result, a, now_ms() - sent, false);
	return result;
}

/* One attempt. False after a wait: it is to be made once more. Dies if that does not help. */
static bool
attempt(const struct request *q, struct answer *a, struct retry *tries)
{
	struct buf why = {0};
	enum http_result result = send(q, a, tries);
	long status = a->http.status;
	if (result == HTTP_STOPPED)
		die(STATUS_DATA, "%s %s: the answer is larger than %d bytes", q->method,
		    redact_url(buf_slice(&q->url)), ANSWER_MAX);
	if (result == HTTP_ANSWERED && status == 200 && a->shape == SHAPE_GOOD)
		return true;
	if (result == HTTP_ANSWERED)
		buf_put_text(&why, answer_told(q, a));
	else
		buf_printf(&why, "%s %s: %s", q->method, redact_url(buf_slice(&q->url)),
		    redact(buf_slice(&a->http.why)));
	if (result == HTTP_ANSWERED && (status == 400 || status == 401))
		auth_put_skew(&why, &a->http);
	buf_put_byte(&why, '\0');
	const char *text = why.failed ? "no memory" : why.p;
	if (!is_retried(result, a))
		die(exit_status(result, status), "access token: %s", text);
	retry_wait(tries,
	    result == HTTP_ANSWERED ? retry_least(tries, status, waits_retry_after(a)) : -1,
	    STATUS_TRY_AGAIN, text);
	buf_free(&why);
	return false;
}

/* Gets one answer of the token URL; the request is made anew for each attempt, as an assertion has the time in it. */
static void
ask(struct slice refresh, struct answer *a, const struct retry *outer)
{
	struct retry tries;
	bool good = false;
	retry_start_within(&tries, outer);
	while (!good) {
		struct request q;
		token_request_make(&q, refresh);
		good = attempt(&q, a, &tries);
		secret_wipe_buf(&q.url);
		secret_wipe_buf(&q.body);
		secret_wipe_buf(&q.headers);
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
	if (config.auth != AUTH_OAUTH2_REFRESH_TOKEN ||
	    !mp_member(buf_slice(&a->json), "refresh_token", &t) || t.type != MP_STR || !t.n ||
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
	static bool ready;
	struct slice refresh =
	    current.refresh.n ? buf_slice(&current.refresh) : secret_value(&refresh_token);
	if (!ready)
		answer_init(&a, DECODER_JSON, ANSWER_MAX);
	ready = true;
	ask(refresh, &a, tries);
	take(&a, refresh);
	buf_check(&current.access, "a token", NULL);
}

static bool
is_good(const struct token *t)
{
	return t->access.n && (!t->expires || t->expires > (int64_t)time(NULL));
}

/* Some servers know a new token only a while after they gave it. */
static void
delay_use(const struct retry *tries)
{
	int64_t left = retry_left(tries);
	if (!config.token_delay)
		return;
	if (config.token_delay >= left)
		die(STATUS_TRY_AGAIN,
		    "access token: no time is left to wait %" PRId64
		    " s for its first use, see --%s",
		    config.token_delay / 1000, tries->option);
	if (config.token_delay >= 1000)
		message("access token: waiting %" PRId64 " s before its first use (--token-delay)",
		    config.token_delay / 1000);
	sleep_ms(config.token_delay);
}

/* Under the lock: takes the shared token, unless it is the refused one, or asks for a new one. */
static void
renew(struct slice refused, const struct retry *tries)
{
	static struct token shared;
	/* Before the lock: the stage after us may wait for it, and would never read. */
	stream_out_flush(fetch.out);
	/*
	 * One task asks for all. None may write while the lock is held, for the same reason, so
	 * none runs.
	 */
	loop_hold();
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
		/* Under the lock, so that others wait with us. */
		delay_use(tries);
	}
	buf_check(&current.access, "a token", NULL);
	buf_check(&current.refresh, "a token", NULL);
	number++;
	token_cache_unlock();
	loop_release();
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
