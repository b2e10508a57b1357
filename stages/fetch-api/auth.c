/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <time.h>

#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/base64.h"
#include "common/web/http_header.h"
#include "common/web/url.h"
#include "stages/fetch-api/auth.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/sign.h"
#include "stages/fetch-api/token.h"

/* Seconds by which our clock and a server's may differ without an effect: servers accept five minutes or more. */
enum { SKEW = 4 * 60 };

static struct secret secret; /* of bearer, api-key and basic */
static struct buf basic;     /* user and password as the header has them */
static struct signer *signer;

static void
load(const char *option, const char *name)
{
	credential_load(&secret, option, name);
	/* A line end within would end the header. */
	if (memchr(secret.p, '\n', secret.n) || memchr(secret.p, '\r', secret.n))
		die(STATUS_CONFIG, "--%s: the secret holds a line end", option);
}

static void
make_basic(void)
{
	struct buf pair = {0};
	if (strchr(config.user, ':'))
		die(STATUS_USAGE, "--user: a colon would end the name (RFC 7617)");
	buf_put_text(&pair, config.user);
	buf_put_byte(&pair, ':');
	buf_put_slice(&pair, secret_value(&secret));
	base64_put(&basic, buf_slice(&pair));
	buf_check(&pair, "a password", NULL);
	buf_check(&basic, "a password", NULL);
	redact_add(buf_slice(&basic));
	redact_add(buf_slice(&pair));
	buf_free(&pair);
}

/* An answer that is played needs neither a token nor a signature. */
static bool
is_played(void)
{
	return config.replay && (config_auth_is_oauth2() || config_auth_is_signed());
}

void
auth_init(void)
{
	if (is_played())
		return;
	switch (config.auth) {
	case AUTH_NONE:
		return;
	case AUTH_BEARER:
		load("token", config.token);
		return;
	case AUTH_API_KEY:
		load("api-key", config.api_key);
		return;
	case AUTH_BASIC:
		load("password", config.password);
		make_basic();
		return;
	case AUTH_OAUTH2_REFRESH_TOKEN:
	case AUTH_OAUTH2_CLIENT_CREDENTIALS:
		token_init();
		return;
	case AUTH_OAUTH1:
	case AUTH_LINE_JWS:
	case AUTH_AWS_SIGV4:
		signer = signer_new();
		return;
	}
}

static void
put_header(struct buf *headers, const char *name, const char *before, struct slice value)
{
	buf_put_text(headers, name);
	buf_put_text(headers, ": ");
	buf_put_text(headers, before);
	buf_put_slice(headers, value);
	buf_put_byte(headers, '\n');
	buf_check(headers, "the headers of a request", NULL);
}

void
auth_apply(struct buf *headers, struct buf *url, const struct retry *tries)
{
	if (is_played())
		return;
	switch (config.auth) {
	case AUTH_NONE:
		return;
	case AUTH_BEARER:
		put_header(headers, "Authorization", "Bearer ", secret_value(&secret));
		return;
	case AUTH_OAUTH2_REFRESH_TOKEN:
	case AUTH_OAUTH2_CLIENT_CREDENTIALS:
		put_header(headers, "Authorization", "Bearer ", token_get(tries));
		return;
	case AUTH_BASIC:
		put_header(headers, "Authorization", "Basic ", buf_slice(&basic));
		return;
	case AUTH_OAUTH1:
	case AUTH_LINE_JWS:
	case AUTH_AWS_SIGV4:
		signer_ready(signer);
		return;
	case AUTH_API_KEY:
		break;
	}
	if (config.api_key_header) {
		put_header(headers, config.api_key_header, "", secret_value(&secret));
		return;
	}
	struct buf longer = {0};
	url_put_param(
	    &longer, buf_slice(url), slice_of(config.api_key_param), secret_value(&secret));
	buf_put_byte(&longer, '\0');
	buf_check(&longer, "a URL", NULL);
	longer.n--;
	buf_free(url);
	*url = longer;
}

bool
auth_refresh(const struct retry *tries)
{
	return config_auth_is_oauth2() && (is_played() || token_refresh(tries));
}

void
auth_sign(struct http_request *request)
{
	if (!signer)
		return;
	request->sign = signer_sign;
	request->signer = signer;
}

void
auth_put_skew(struct buf *b, const struct http_answer *a)
{
	struct slice date;
	int64_t there;
	bool has_time = config_auth_is_signed() || config.client_assertion;
	if (!has_time || !header_find(buf_slice(&a->headers), "Date", &date) ||
	    !http_date(date, &there))
		return;
	int64_t ahead = (int64_t)time(NULL) - there;
	if (ahead > -SKEW && ahead < SKEW)
		return;
	buf_printf(b,
	    " (the clock of this machine is %" PRId64
	    " s %s by the Date of the answer, and a signature has the time in it)",
	    ahead < 0 ? -ahead : ahead, ahead < 0 ? "slow" : "fast");
}
