/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_AUTH_H
#define STAGES_FETCH_API_AUTH_H

#include "common/http.h"

/* Who asks: --auth and its secrets. */

/* Reads the secrets; dies when one is not there. */
void auth_init(void);

/* Adds what proves who asks: to the header lines, the URL (a NUL behind it) or q itself. */
void auth_apply(struct http_request *q, struct buf *headers, struct buf *url);

/* The token that was used last was refused: gets another one. False when there is no other to be had. */
bool auth_refresh(void);

#endif
