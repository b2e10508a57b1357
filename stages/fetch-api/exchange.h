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

/*
 * The same once, without --until, within budget milliseconds, which the option sets (for
 * messages). Also false, after a message, if it is to remove a job and that fails.
 */
bool exchange_once(const struct request *q, struct answer *a, int64_t budget, const char *option);

#endif
