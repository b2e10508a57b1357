/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_SIGN_H
#define STAGES_FETCH_API_SIGN_H

#include "common/program/http.h"

/* Signs requests for the kinds of --auth that do: oauth1, line-jws and aws-sigv4. */
struct signer;

/* Reads the keys that the options name; dies if one is not there, or cannot be a key. Lives as long as the process. */
struct signer *signer_new(void);

/* Renews credentials that expire soon: it may wait. */
void signer_ready(struct signer *s);

/* An http_sign, whose context is the signer. Each call has a new time and nonce, and strikes the signature out of messages. */
void signer_sign(
    const void *signer, const struct http_request *q, const char *url, struct buf *headers);

#endif
