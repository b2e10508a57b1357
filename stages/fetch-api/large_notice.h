/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_LARGE_NOTICE_H
#define STAGES_FETCH_API_LARGE_NOTICE_H

#include "stages/fetch-api/answer.h"

/*
 * Which units of a large answer (large.h) have to be kept so that rules, --until and errors
 * find in those what they would find in all: each of them asks whether there is a unit that
 * holds, or whether all do. So the first unit of each kind is enough, where kinds differ
 * in the answer to one of these questions.
 */

enum { NOTICE_KINDS = 64 };

struct notice {
	uint64_t kinds[NOTICE_KINDS];
	size_t n;
	struct api_errors errors; /* its memory is reused */
};

/*
 * Whether the unit is the first of its kind. answer: the answer with this unit alone, as msgpack;
 * a: status and headers. *many is set when there are too many kinds.
 */
bool notice_unit(
    struct notice *n, const struct answer *a, struct slice answer, struct slice unit, bool *many);
void notice_free(struct notice *n);

#endif
