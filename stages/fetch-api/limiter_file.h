/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_LIMITER_FILE_H
#define STAGES_FETCH_API_LIMITER_FILE_H

#include "stages/fetch-api/retry.h"

/*
 * --limiter: the budget of --rate is one for all processes that name the same file. The
 * bytes in it are of common/web/limiter.h; here it is opened, locked, read and written. A
 * file that is something else is STATUS_CONFIG, one that cannot be used is STATUS_IO.
 */

/* Opens it, or makes it. To be called once before the rest, with --limiter only. */
void limiter_file_init(const char *path);

/* A number for each request that waits for its turn. */
uint64_t limiter_file_id(void);

/*
 * Whether the request may be sent now: 0, and it is counted under *number. Else how many
 * milliseconds to wait before asking again; *held: because of a pause.
 */
int64_t limiter_file_ask(uint64_t id, const struct retry *tries, uint64_t *number, bool *held);

/* Its answer is there, or it failed. */
void limiter_file_answered(uint64_t number);

/* No process sends a request in the next ms milliseconds. */
void limiter_file_hold(int64_t ms);

#endif
