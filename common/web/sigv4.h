/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_SIGV4_H
#define COMMON_WEB_SIGV4_H

#include "common/text/bytes.h"

/*
 * AWS Signature Version 4, in the headers of a request. Our own signer, since libcurl's
 * signs queries and paths in other ways from release to release, and up to 8.21 keeps
 * signing with a handle after it was asked to stop (CVE-2026-86409).
 */

enum {
	SIGV4_HEADERS_MAX = 64, /* that are signed */
	SIGV4_HEX = 65,         /* bytes of a signature, with the NUL */
};

struct sigv4 {
	struct slice access_key, secret_key;
	struct slice token; /* of temporary credentials; empty: none */
	struct slice region, service;
	int64_t time; /* seconds since 1970 */
	/*
	 * The rules of S3: the path is signed as it is sent, and X-Amz-Content-Sha256 is added.
	 * Other services sign the path encoded once more.
	 */
	bool s3;
};

struct sigv4_request {
	const char *method;
	struct slice url; /* absolute, encoded, as it is sent */
	/* "Name: value\n" each. All are signed, and Host, but for those that proxies change. */
	struct slice headers;
	struct slice body;
	struct slice
	    body_hash; /* in hexadecimal digits, or UNSIGNED-PAYLOAD; empty: it is computed */
};

/*
 * Appends to headers, which holds the request's header lines, X-Amz-Date, the token and
 * Authorization. q->headers is not read. False without memory, with more than
 * SIGV4_HEADERS_MAX headers, or when libcrypto fails; *headers is then useless.
 */
bool sigv4_sign(struct buf *headers, const struct sigv4 *s, const struct sigv4_request *q);

/* The steps of it, which append to a buffer; false as above. */
bool sigv4_canonical(struct buf *b, const struct sigv4 *s, const struct sigv4_request *q);
bool sigv4_string_to_sign(struct buf *b, const struct sigv4 *s, struct slice canonical);
bool sigv4_signature(char hex[SIGV4_HEX], const struct sigv4 *s, struct slice string_to_sign);

#endif
