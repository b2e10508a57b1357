/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TOKEN_REQUEST_H
#define STAGES_FETCH_API_TOKEN_REQUEST_H

#include "stages/fetch-api/request.h"

/* The request to the token URL (RFC 6749, 4.4 and 6): the grant, and how the client proves itself. */

/* Reads the client's secrets and --token-param; dies when one is missing or malformed. */
void token_request_init(void);

/* Appends all that identifies these credentials, except the refresh token. */
void token_request_put_owner(struct buf *b);
/* The same of options that are new: nothing where none is given, so that the caches of older versions are found. */
void token_request_put_owner_options(struct buf *b);

/* Makes the request for one attempt; its buffers must be empty, and are the caller's to free. refresh is empty for other grants. */
void token_request_make(struct request *q, struct slice refresh);

#endif
