/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_EXCHANGE_H
#define STAGES_FETCH_API_EXCHANGE_H

#include "stages/fetch-api/answer.h"

/*
 * Sends q and brings the answer, tried again as often as that helps and is allowed,
 * and, with --until, asked again until it is the one that is waited for. True when it
 * is a success; false when a rule says that it is to be ignored. Anything else dies.
 */
bool exchange(const struct request *q, struct answer *a);

/* To be called once before the first. */
void exchange_init(void);

#endif
