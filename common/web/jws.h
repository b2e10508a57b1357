/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_JWS_H
#define COMMON_WEB_JWS_H

#include "common/text/bytes.h"

/* JSON Web Signatures (RFC 7515): that of LINE Ads for each request, and the client assertion of OAuth 2.0. */

struct jws_line {
	struct slice access_key, secret_key;
	int64_t time; /* seconds since 1970, the same as in the Date header */
};

struct jws_line_request {
	struct slice url;          /* absolute, as it is sent; its path is signed, not its query */
	struct slice content_type; /* as it is sent; empty without a body */
	struct slice body;
};

/*
 * Appends the token for "Authorization: Bearer": header, payload and HMAC-SHA256 in base64 for
 * URLs, unlike other JWS with its padding. False without memory, when libcrypto fails, or when
 * the access key is not UTF-8; *token is then useless.
 */
bool jws_put_line(struct buf *token, const struct jws_line *l, const struct jws_line_request *q);

struct digest_key;

/* A JWT that a client proves itself with (RFC 7523, 3), signed with ES256. */
struct jws_assertion {
	struct slice key_id; /* "kid"; empty: left out */
	struct slice issuer, subject, audience;
	struct slice id; /* "jti"; empty: left out */
	int64_t issued, expires;
};

/* Appends it. False as above. */
bool jws_put_assertion(struct buf *b, const struct jws_assertion *a, const struct digest_key *key);

#endif
