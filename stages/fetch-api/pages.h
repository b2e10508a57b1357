/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_PAGES_H
#define STAGES_FETCH_API_PAGES_H

#include "stages/fetch-api/exchange.h"
#include "stages/fetch-api/task.h"

struct task;

/*
 * Asks for all pages of the request and sends their records. False if they are
 * not all: a rule ignores an answer (the pages before it stay, the rest does
 * not come), or an answer has an error beside its records. *records is the
 * number of those that were sent.
 */
bool pages_fetch(const struct request *first, struct answer *a, uint64_t *records);

/* The request for the first page; the buffers of *to are made anew. */
void pages_first(const struct request *first, struct request *to);

/* Makes the pages that the task asks for smaller; false if they cannot be. */
bool pages_shrink(struct task *t);

#endif
