/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_EXCHANGE_H
#define STAGES_FETCH_API_EXCHANGE_H

#include "stages/fetch-api/answer.h"

/*
 * Sends q and gets the answer. Tries again as often as that helps and is
 * allowed; with --until, asks again until the expected answer arrives. True on
 * success; false if a rule ignores the answer. Otherwise dies.
 */
bool exchange(const struct request *q, struct answer *a);

#endif
