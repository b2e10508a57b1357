/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TOKEN_H
#define STAGES_FETCH_API_TOKEN_H

#include "common/text/bytes.h"
#include "stages/fetch-api/retry.h"

/*
 * OAuth 2.0 access tokens by refresh token (RFC 6749 section 6), shared with every
 * other process that has the same credentials through a file under a lock.
 */

/* Reads the secrets; the token itself is asked for when it is needed. */
void token_init(void);
/* A token that should be good; from the file, or asked for while tries have time. Lives until the next call. */
struct slice token_get(const struct retry *tries);
/* The token was refused: takes a newer one, from the file if another process has asked already. Always true or dies. */
bool token_refresh(const struct retry *tries);

#endif
