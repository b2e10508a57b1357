/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_VERBOSE_H
#define STAGES_FETCH_API_VERBOSE_H

#include "stages/fetch-api/answer.h"

/*
 * --verbose: one line about a request and its answer, which took so many milliseconds. Secrets are
 * struck out. The body of an error is shown; that of a success only from the API itself, since the
 * body of a token URL may hold a token that is not known yet.
 */
void verbose_note(const struct request *q, enum http_result result, const struct answer *a,
    int64_t took, bool from_api);

#endif
