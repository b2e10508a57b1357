/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "common/aws/aws.h"
#include "common/program/loop.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/text/digest.h"
#include "common/web/http_header.h"
#include "common/web/jws.h"
#include "common/web/oauth1.h"
#include "common/web/sigv4.h"
#include "common/web/url.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/sign.h"

enum { NONCE = 16 }; /* random bytes */

struct signer {
	struct secret key, secret;         /* --consumer-key or --access-key, and its secret */
	struct secret token, token_secret; /* of oauth1 */
	struct aws *aws;
};

/* A key is one line of text; a line end within is one of another file. */
static void
load(struct secret *s, const char *option, const char *name)
{
	if (!name)
		return;
	credential_load(s, option, name);
	struct slice value = secret_value(s);
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] <= ' ' || (unsigned char)value.p[i] >= 0x7f)
			die(STATUS_CONFIG,
			    "--%s: the secret is not a key: it holds a space, a line end or "
			    "another "
			    "character that keys do not have",
			    option);
}

struct signer *
signer_new(void)
{
	struct signer *s = xcalloc(1, sizeof *s);
	load(&s->key, "consumer-key", config.consumer_key);
	load(&s->secret, "consumer-secret", config.consumer_secret);
	load(&s->key, "access-key", config.access_key);
	load(&s->secret, "secret-key", config.secret_key);
	if (config.auth == AUTH_OAUTH1) {
		load(&s->token, "token", config.token);
		load(&s->token_secret, "token-secret", config.token_secret);
	}
	if (config.auth == AUTH_AWS_SIGV4)
		s->aws = aws_open_or_die(config.aws_region);
	return s;
}

void
signer_ready(struct signer *s)
{
	struct failure f = {0};
	if (!s->aws)
		return;
	/* One task asks for all. */
	loop_hold();
	if (!aws_ready(s->aws, &f))
		die(f.status, "--auth aws-sigv4: %s", f.text);
	loop_release();
}

static bool
is_form(const struct http_request *q)
{
	struct slice type;
	return q->has_body && header_find(q->headers, "Content-Type", &type) &&
	       header_is(header_media_type(type), "application/x-www-form-urlencoded");
}

/* The last parameter of OAuth's header, percent-encoded there. */
static void
redact_signature(struct slice header)
{
	struct buf plain = {0};
	size_t at = header.n - 1; /* the quote after it */
	while (at && header.p[at - 1] != '"')
		at--;
	url_put_decoded(&plain, (struct slice){header.p + at, header.n - 1 - at});
	buf_check(&plain, "a signature", NULL);
	redact_add_derived(buf_slice(&plain));
	buf_free(&plain);
}

static bool
sign_oauth1(
    const struct signer *s, const struct http_request *q, const char *url, struct buf *headers)
{
	unsigned char random[NONCE];
	struct buf nonce = {0}, value = {0};
	bool good = digest_random(random, sizeof random);
	digest_put_hex(&nonce, random, sizeof random);
	struct oauth1 o = {
	    .consumer_key = secret_value(&s->key),
	    .consumer_secret = secret_value(&s->secret),
	    .token = secret_value(&s->token),
	    .token_secret = secret_value(&s->token_secret),
	    .nonce = buf_slice(&nonce),
	    .time = (int64_t)time(NULL),
	};
	struct oauth1_request request = {
	    .method = q->method,
	    .url = slice_of(url),
	    .form = is_form(q) ? q->body : (struct slice){0},
	};
	good = good && !nonce.failed && oauth1_sign(&value, &o, &request);
	buf_put_text(headers, "Authorization: ");
	buf_put_slice(headers, buf_slice(&value));
	buf_put_byte(headers, '\n');
	if (good)
		redact_signature(buf_slice(&value));
	buf_free(&nonce);
	buf_free(&value);
	return good;
}

static bool
sign_line(
    const struct signer *s, const struct http_request *q, const char *url, struct buf *headers)
{
	struct buf token = {0};
	struct slice type = {0};
	struct jws_line l = {
	    .access_key = secret_value(&s->key),
	    .secret_key = secret_value(&s->secret),
	    .time = (int64_t)time(NULL),
	};
	if (q->has_body && q->body.n)
		header_find(q->headers, "Content-Type", &type);
	struct jws_line_request request = {
	    .url = slice_of(url),
	    .content_type = type,
	    .body = q->has_body ? q->body : (struct slice){0},
	};
	bool good = jws_put_line(&token, &l, &request);
	buf_put_text(headers, "Date: ");
	header_put_date(headers, l.time);
	buf_put_text(headers, "\nAuthorization: Bearer ");
	buf_put_slice(headers, buf_slice(&token));
	buf_put_byte(headers, '\n');
	redact_add_derived(buf_slice(&token));
	buf_free(&token);
	return good;
}

static bool
sign_aws(const struct signer *s, const struct http_request *q, const char *url, struct buf *headers)
{
	struct slice value;
	struct sigv4_request request = {
	    .method = q->method,
	    .url = slice_of(url),
	    .body = q->has_body ? q->body : (struct slice){0},
	};
	if (!aws_sign(s->aws, config.aws_service, &request, headers))
		return false;
	if (header_find(buf_slice(headers), "X-Amz-Security-Token", &value))
		redact_add_derived(value);
	/* The line ends with the signature. */
	size_t n = SIGV4_HEX - 1;
	if (header_find(buf_slice(headers), "Authorization", &value) && value.n > n)
		redact_add_derived((struct slice){value.p + value.n - n, n});
	return true;
}

void
signer_sign(const void *signer, const struct http_request *q, const char *url, struct buf *headers)
{
	const struct signer *s = signer;
	const char *what = "HMAC-SHA256";
	bool good = false;
	if (config.auth == AUTH_OAUTH1) {
		what = "HMAC-SHA1";
		good = sign_oauth1(s, q, url, headers);
	} else if (config.auth == AUTH_LINE_JWS) {
		good = sign_line(s, q, url, headers);
	} else {
		good = sign_aws(s, q, url, headers);
	}
	if (!good)
		die(STATUS_CONFIG,
		    "the request cannot be signed: libcrypto fails, or its policy forbids %s",
		    what);
}
