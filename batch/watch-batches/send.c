/* SPDX-License-Identifier: MIT */
/* The channels: each sends one message for all of its events. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "batch/watch-batches/watch.h"
#include "common/operate/state.h"
#include "common/program/http.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/digest.h"
#include "common/web/address.h"
#include "common/web/url.h"

void
outcome_set(struct outcome *o, int status, const char *format, ...)
{
	va_list args;
	char text[1024];
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	o->status = status;
	buf_reset(&o->why);
	buf_put_text(&o->why, text);
}

static bool
take_nothing(void *context, const char *p, size_t n)
{
	(void)context;
	(void)p;
	(void)n;
	return true;
}

/* The server's text is not shown: it may repeat the URL, which is a secret. */
static void
judge(struct outcome *o, enum http_result result, const struct http_answer *answer)
{
	if (result == HTTP_ANSWERED && answer->status >= 200 && answer->status < 300)
		return;
	if (result == HTTP_ANSWERED) {
		bool later =
		    answer->status == 408 || answer->status == 429 || answer->status >= 500;
		bool denied = answer->status == 401 || answer->status == 403;
		outcome_set(o,
		    later    ? STATUS_TRY_AGAIN
		    : denied ? STATUS_PERMISSION
			     : STATUS_REFUSED,
		    "the server answers %ld", answer->status);
	} else
		outcome_set(o, result == HTTP_FAILED ? STATUS_TRY_AGAIN : STATUS_REFUSED, "%.*s",
		    (int)answer->why.n, answer->why.p ? answer->why.p : "");
}

static void
post(struct slice url, struct slice headers, struct slice body, struct outcome *o)
{
	static struct http *http;
	static struct http_answer answer;
	if (!url_is_http(url)) {
		outcome_set(o, STATUS_CONFIG, "the secret is not an http or https URL");
		return;
	}
	if (!url_is_https(url) && !address_in_url_is_private(url)) {
		outcome_set(o, STATUS_CONFIG, "the URL is not https, so others could read it");
		return;
	}
	if (!http)
		http = http_new(&(struct http_options){.cacert = cfg.cacert,
		    .connect_timeout = cfg.timeout,
		    .read_timeout = cfg.timeout,
		    .allow_private = true});
	struct http_request request = {.method = "POST",
	    .url = url.p,
	    .headers = headers,
	    .has_body = true,
	    .body = body,
	    .max_time = cfg.timeout,
	    .exact = true};
	judge(o, http_perform(http, &request, take_nothing, NULL, &answer), &answer);
}

static void
send_slack(const struct channel *c, struct outcome *o)
{
	struct secret url = {0};
	struct buf body = {0};
	secret_load(&url, "slack", c->to);
	digest_put_slack(&body, c);
	buf_check(&body, "the message", NULL);
	post(secret_value(&url), SLICE("Content-Type: application/json\n"), buf_slice(&body), o);
	buf_free(&body);
	secret_wipe(&url);
}

/*
 * HMAC-SHA256 of "TIMESTAMP.BODY". The timestamp is signed too, so that a
 * receiver can detect a replay.
 */
static void
put_signature(struct buf *headers, int64_t seconds, struct slice body)
{
	struct secret key = {0};
	struct buf data = {0};
	unsigned char mac[DIGEST_SHA256];
	secret_load(&key, "webhook-key", cfg.webhook_key);
	buf_printf(&data, "%" PRId64 ".", seconds);
	buf_put_slice(&data, body);
	buf_check(&data, "the message", NULL);
	if (!digest_hmac_sha256(mac, secret_value(&key), buf_slice(&data)))
		die(STATUS_TRY_AGAIN, "libcrypto cannot sign");
	buf_printf(headers, "X-Mam-Timestamp: %" PRId64 "\nX-Mam-Signature: sha256=", seconds);
	digest_put_hex(headers, mac, sizeof mac);
	buf_put_byte(headers, '\n');
	secret_wipe(&key);
	buf_free(&data);
}

static void
put_body(struct buf *body, struct buf *id, const struct channel *c, int64_t now)
{
	state_put_id(id);
	digest_put_json(body, c, buf_slice(id), now);
	buf_check(body, "the message", NULL);
}

static void
send_webhook(const struct channel *c, struct outcome *o)
{
	struct secret url = {0};
	struct buf body = {0}, id = {0}, headers = {0};
	int64_t now = state_now();
	secret_load(&url, "webhook", c->to);
	put_body(&body, &id, c, now);
	buf_printf(
	    &headers, "Content-Type: application/json\nX-Mam-Delivery: %.*s\n", (int)id.n, id.p);
	if (cfg.webhook_key)
		put_signature(&headers, now / 1000, buf_slice(&body));
	buf_check(&headers, "the headers", NULL);
	post(secret_value(&url), buf_slice(&headers), buf_slice(&body), o);
	buf_free(&body);
	buf_free(&id);
	buf_free(&headers);
	secret_wipe(&url);
}

static void
send_exec(const struct channel *c, struct outcome *o)
{
	struct buf body = {0}, id = {0};
	char shell[] = "sh", option[] = "-c", *command = xstring(slice_of(c->to));
	put_body(&body, &id, c, state_now());
	buf_put_byte(&body, '\n');
	buf_check(&body, "the message", NULL);
	run_with_input((char *const[]){shell, option, command, NULL}, buf_slice(&body), o);
	buf_free(&body);
	buf_free(&id);
}

static void
print(const struct channel *c, struct outcome *o)
{
	struct buf text = {0};
	digest_put_text(&text, c);
	buf_check(&text, "the message", NULL);
	if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout))
		outcome_set(o, STATUS_IO, "cannot write to standard output: %s", strerror(errno));
	buf_free(&text);
}

void
send_events(const struct channel *c, struct outcome *o)
{
	o->status = 0;
	switch (c->kind) {
	case CHANNEL_PRINT:
		print(c, o);
		break;
	case CHANNEL_SLACK:
		send_slack(c, o);
		break;
	case CHANNEL_WEBHOOK:
		send_webhook(c, o);
		break;
	case CHANNEL_MAIL:
		send_mail(c, o);
		break;
	case CHANNEL_EXEC:
		send_exec(c, o);
		break;
	case CHANNEL_OTHER:
		break;
	}
}
