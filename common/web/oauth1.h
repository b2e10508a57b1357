/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_OAUTH1_H
#define COMMON_WEB_OAUTH1_H

#include "common/text/bytes.h"

/* OAuth 1.0a (RFC 5849) with HMAC-SHA1, in the Authorization header of a request. */

struct oauth1 {
	struct slice consumer_key, consumer_secret;
	struct slice token, token_secret; /* empty: the client asks for itself */
	struct slice nonce;               /* another one for each request */
	int64_t time;                     /* seconds since 1970 */
};

struct oauth1_request {
	const char *method;
	struct slice url;  /* absolute, encoded, as it is sent */
	struct slice form; /* the body if it is application/x-www-form-urlencoded; else empty */
};

/*
 * Appends "OAuth oauth_consumer_key=..., ...", the value of the header. False without memory, or
 * when libcrypto fails; *header is then useless.
 */
bool oauth1_sign(struct buf *header, const struct oauth1 *o, const struct oauth1_request *q);

/* The steps of it, which append to a buffer; false as above. The signature is in base64. */
bool oauth1_base_string(struct buf *b, const struct oauth1 *o, const struct oauth1_request *q);
bool oauth1_signature(struct buf *b, const struct oauth1 *o, struct slice base_string);

#endif
