/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_AUTH_H
#define STAGES_FETCH_API_AUTH_H

#include "common/text/bytes.h"
#include "stages/fetch-api/retry.h"

/* Who asks: --auth and its secrets. */

/* Reads the secrets; dies when one is not there. */
void auth_init(void);

/* Adds the credentials to the header lines or to the URL (NUL-terminated). A token is asked for while tries have time. */
void auth_apply(struct buf *headers, struct buf *url, const struct retry *tries);

/* The last token was refused: gets another one. False if there is no other. */
bool auth_refresh(const struct retry *tries);

#endif
