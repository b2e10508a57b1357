/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_AUTH_H
#define STAGES_FETCH_API_AUTH_H

#include "common/bytes.h"

/* Who asks: --auth and its secrets. */

/* Reads the secrets; dies when one is not there. */
void auth_init(void);

/* Adds what proves who asks to the header lines or to the URL (a NUL behind it). */
void auth_apply(struct buf *headers, struct buf *url);

/* The token that was used last was refused: gets another one. False when there is no other to be had. */
bool auth_refresh(void);

#endif
