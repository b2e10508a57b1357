/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_WAITS_H
#define STAGES_FETCH_API_WAITS_H

#include "stages/fetch-api/answer.h"
#include "stages/fetch-api/retry.h"

/* Waits that an API asks for in its headers. The options are in waits_options (config_impl.h). */

/* Retry-After in milliseconds, -1 if there is none. */
int64_t waits_retry_after(const struct answer *a);

/*
 * How long the answer asks to wait before the request is sent again, in milliseconds, -1 if
 * it does not. limited: the answer is about a limit, so that other headers count too.
 */
int64_t waits_told(const struct answer *a, bool limited);

/* Dies with why if a wait that an answer asks for is longer than --max-wait. */
void waits_check(int64_t told, const char *why);

/* Looks whether the answer asks for a pause before the next request, whichever that is. */
void waits_note(const struct request *q, const struct answer *a);

#endif
