/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_AUTH_H
#define STAGES_FETCH_API_AUTH_H

#include "common/program/http.h"
#include "stages/fetch-api/retry.h"

/* Who asks: --auth and its secrets. */

/* Reads the secrets; dies when one is not there. */
void auth_init(void);

/* Adds the credentials to the header lines or to the URL (NUL-terminated). A token is asked for while tries have time. */
void auth_apply(struct buf *headers, struct buf *url, const struct retry *tries);

/* Has the request signed each time that it is sent, if --auth is of such a kind. */
void auth_sign(struct http_request *request);

/* Appends that our clock differs from the Date of the answer, if --auth depends on the time and it does; else nothing. */
void auth_put_skew(struct buf *b, const struct http_answer *a);

/* The last token was refused: gets another one. False if there is no other. */
bool auth_refresh(const struct retry *tries);

#endif
