/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_PAGES_H
#define STAGES_FETCH_API_PAGES_H

#include "stages/fetch-api/exchange.h"

/*
 * Asks for all pages of the request and sends their records. False when a rule says
 * that an answer is to be ignored: what came before stays, the rest does not come.
 * *records is the number of those that were sent.
 */
bool pages_fetch(const struct request *first, struct answer *a, uint64_t *records);

#endif
