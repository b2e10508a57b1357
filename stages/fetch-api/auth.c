/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/auth.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/base64.h"
#include "common/web/url.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/token.h"

static struct secret secret; /* of bearer, api-key and basic */
static struct buf basic;     /* user and password as the header has them */

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

void
auth_init(void)
{
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
		token_init();
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
	switch (config.auth) {
	case AUTH_NONE:
		return;
	case AUTH_BEARER:
		put_header(headers, "Authorization", "Bearer ", secret_value(&secret));
		return;
	case AUTH_OAUTH2_REFRESH_TOKEN:
		put_header(headers, "Authorization", "Bearer ", token_get(tries));
		return;
	case AUTH_BASIC:
		put_header(headers, "Authorization", "Basic ", buf_slice(&basic));
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
	return config.auth == AUTH_OAUTH2_REFRESH_TOKEN && token_refresh(tries);
}
