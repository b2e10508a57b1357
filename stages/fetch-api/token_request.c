/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/base64.h"
#include "common/text/digest.h"
#include "common/web/jws.h"
#include "common/web/url.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/token_request.h"
#include "stages/fetch-api/variables.h"

enum {
	ASSERTION_LIFE = 20 * 60, /* seconds */
	ID = 16,                  /* random bytes of a "jti" */
};

static struct secret client_id, client_secret, key_id, issuer;
static struct digest_key *signing_key;

/* --token-param, filled. */
static struct {
	struct slice name;
	struct buf value;
} * params;

static void
load(struct secret *s, const char *option, const char *name)
{
	if (name)
		credential_load(s, option, name);
}

static void
load_signing_key(void)
{
	struct secret pem;
	const char *why;
	if (!config.signing_key)
		return;
	credential_load(&pem, "signing-key", config.signing_key);
	signing_key = digest_key_read(secret_value(&pem), &why);
	if (!signing_key)
		die(STATUS_CONFIG, "--signing-key: the secret %s", why);
	secret_wipe(&pem);
}

/* Those that other options set. The grant may be one of a server's own. */
static void
refuse_own(struct slice name)
{
	static const char *const own[] = {"client_id", "client_secret", "refresh_token", "scope",
	    "client_assertion", "client_assertion_type", NULL};
	for (size_t i = 0; own[i]; i++)
		if (slice_is(name, own[i]))
			die(STATUS_USAGE, "--token-param: %s is set by another option", own[i]);
}

static void
load_params(void)
{
	params = xcalloc(config.token_param.n, sizeof *params);
	for (size_t i = 0; i < config.token_param.n; i++) {
		const char *text = config.token_param.items[i], *equals = strchr(text, '=');
		if (!equals || equals == text)
			die(STATUS_USAGE, "--token-param: %s is not NAME=VALUE",
			    quoted(slice_of(text)));
		params[i].name = (struct slice){text, (size_t)(equals - text)};
		refuse_own(params[i].name);
		struct template value =
		    variables_template("token-param", slice_of(equals + 1), TEMPLATE_TEXT);
		request_refuse_literal("token-param", params[i].name, &value);
		if (variables_hold_record(&value))
			die(STATUS_USAGE,
			    "--token-param: %s: a token belongs to all records, so it cannot have "
			    "a field of one",
			    quoted(slice_of(text)));
		variables_fill(&value, "token-param", &params[i].value);
	}
}

void
token_request_init(void)
{
	struct buf pair = {0};
	load(&client_id, "client-id", config.client_id);
	load(&client_secret, "client-secret", config.client_secret);
	load(&key_id, "key-id", config.key_id);
	load(&issuer, "issuer", config.issuer);
	load_signing_key();
	load_params();
	/* A server may repeat them as the pair that Basic has. */
	buf_put_slice(&pair, secret_value(&client_id));
	buf_put_byte(&pair, ':');
	buf_put_slice(&pair, secret_value(&client_secret));
	buf_check(&pair, "the credentials", NULL);
	redact_add(buf_slice(&pair));
	buf_free(&pair);
}

void
token_request_put_owner(struct buf *b)
{
	buf_printf(b, "%s%c%s%c", config.token_url, '\0', config.scope ? config.scope : "", '\0');
	buf_put_slice(b, secret_value(&client_id));
}

void
token_request_put_owner_options(struct buf *b)
{
	if (config.auth == AUTH_OAUTH2_CLIENT_CREDENTIALS)
		buf_printf(b, "%cclient_credentials", '\0');
	for (size_t i = 0; i < config.token_param.n; i++) {
		buf_put_byte(b, '\0');
		buf_put_slice(b, params[i].name);
		buf_put_byte(b, '=');
		buf_put_slice(b, buf_slice(&params[i].value));
	}
}

/* A JWT that says who asks and when, signed. */
static void
put_assertion(struct buf *b)
{
	unsigned char random[ID];
	struct buf id = {0};
	bool good = digest_random(random, sizeof random);
	digest_put_hex(&id, random, sizeof random);
	buf_check(&id, "a client assertion", NULL);
	int64_t now = (int64_t)time(NULL);
	struct jws_assertion a = {
	    .key_id = secret_value(&key_id),
	    .issuer = secret_value(config.issuer ? &issuer : &client_id),
	    .subject = secret_value(&client_id),
	    .audience = slice_of(config.audience ? config.audience : config.token_url),
	    /* OpenID Connect wants one with private_key_jwt. */
	    .id = config.client_auth == CLIENT_AUTH_PRIVATE_KEY_JWT ? buf_slice(&id)
								    : (struct slice){0},
	    .issued = now,
	    .expires = now + ASSERTION_LIFE,
	};
	if (!good || !jws_put_assertion(b, &a, signing_key))
		die(STATUS_CONFIG, "the client assertion cannot be made: an option holds text that "
				   "is not UTF-8, or libcrypto fails");
	redact_add_derived(buf_slice(b));
	buf_free(&id);
}

/* name=value pairs, as a form or a query has them. */
static void
put_pair(struct buf *b, const char *name, struct slice value)
{
	if (!value.n)
		return;
	buf_put_text(b, b->n ? "&" : "");
	buf_put_text(b, name);
	buf_put_byte(b, '=');
	url_put_encoded(b, value);
}

static void
put_client(struct buf *b, struct slice secret)
{
	put_pair(b, "client_id", secret_value(&client_id));
	if (config.client_auth != CLIENT_AUTH_PRIVATE_KEY_JWT) {
		put_pair(b, "client_secret", secret);
		return;
	}
	put_pair(b, "client_assertion_type",
	    SLICE("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
	put_pair(b, "client_assertion", secret);
}

/* RFC 6749, 2.3.1: both are encoded as in a form first. */
static void
put_basic(struct buf *headers, struct slice secret)
{
	struct buf pair = {0}, text = {0};
	url_put_encoded(&pair, secret_value(&client_id));
	buf_put_byte(&pair, ':');
	url_put_encoded(&pair, secret);
	base64_put(&text, buf_slice(&pair));
	buf_check(&pair, "the credentials", NULL);
	buf_check(&text, "the credentials", NULL);
	redact_add_derived(buf_slice(&text));
	buf_put_text(headers, "Authorization: Basic ");
	buf_put_slice(headers, buf_slice(&text));
	buf_put_byte(headers, '\n');
	buf_free(&pair);
	buf_free(&text);
}

static void
put_grant(struct buf *b)
{
	struct slice grant = config.auth == AUTH_OAUTH2_REFRESH_TOKEN ? SLICE("refresh_token")
								      : SLICE("client_credentials");
	for (size_t i = 0; i < config.token_param.n; i++)
		if (slice_is(params[i].name, "grant_type"))
			grant = buf_slice(&params[i].value);
	put_pair(b, "grant_type", grant);
}

static void
put_parameters(struct buf *b, struct slice secret, struct slice refresh)
{
	bool apart = config.client_auth == CLIENT_AUTH_BASIC ||
		     (config.client_auth == CLIENT_AUTH_QUERY && !config.token_in_query);
	put_grant(b);
	if (!apart)
		put_client(b, secret);
	put_pair(b, "refresh_token", refresh);
	put_pair(b, "scope", slice_of(config.scope ? config.scope : ""));
	for (size_t i = 0; i < config.token_param.n; i++) {
		if (slice_is(params[i].name, "grant_type"))
			continue;
		buf_put_byte(b, '&');
		url_put_encoded(b, params[i].name);
		buf_put_byte(b, '=');
		url_put_encoded(b, buf_slice(&params[i].value));
	}
}

static void
put_query(struct buf *url, struct slice query)
{
	buf_put_byte(url, strchr(config.token_url, '?') ? '&' : '?');
	buf_put_slice(url, query);
}

void
token_request_make(struct request *q, struct slice refresh)
{
	struct buf assertion = {0}, pairs = {0}, client = {0};
	struct slice secret = secret_value(&client_secret);
	if (config.client_assertion) {
		put_assertion(&assertion);
		secret = buf_slice(&assertion);
	}
	*q = (struct request){
	    .method = config.token_in_query ? "GET" : "POST", .has_body = !config.token_in_query};
	buf_put_text(&q->url, config.token_url);
	put_parameters(&pairs, secret, refresh);
	if (config.token_in_query) {
		put_query(&q->url, buf_slice(&pairs));
	} else {
		buf_put_slice(&q->body, buf_slice(&pairs));
		buf_put_text(&q->headers, "Content-Type: application/x-www-form-urlencoded\n");
	}
	if (config.client_auth == CLIENT_AUTH_QUERY && !config.token_in_query) {
		put_client(&client, secret);
		put_query(&q->url, buf_slice(&client));
	}
	if (config.client_auth == CLIENT_AUTH_BASIC)
		put_basic(&q->headers, secret);
	buf_put_text(&q->headers, "Accept: application/json\n");
	buf_put_byte(&q->url, '\0');
	buf_check(&pairs, "the body of a request", NULL);
	buf_check(&client, "a URL", NULL);
	buf_check(&q->url, "a URL", NULL);
	buf_check(&q->body, "the body of a request", NULL);
	buf_check(&q->headers, "the headers of a request", NULL);
	q->url.n--;
	secret_wipe_buf(&assertion);
	secret_wipe_buf(&pairs);
	secret_wipe_buf(&client);
}
