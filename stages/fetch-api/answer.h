/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_ANSWER_H
#define STAGES_FETCH_API_ANSWER_H

#include "common/program/http.h"
#include "common/web/condition.h"
#include "stages/fetch-api/request.h"
#include "stages/fetch-api/spool.h"
#include "stages/fetch-api/tail.h"

/* Whether a body is what the decoder needs. */
enum shape {
	SHAPE_GOOD,
	SHAPE_CUT,      /* a text that ends too early, or nothing: asked for again at once */
	SHAPE_CUT_FILE, /* a file whose own end is missing: trying again later may help, too */
	SHAPE_BAD,
};

/* The answer to one request, and its evaluation. */
struct answer {
	enum request_kind kind; /* of the request */
	struct http_answer http;
	struct spool body;
	struct tail tail; /* of the body */
	/*
	 * The body as msgpack; n == 0: it is not JSON. If it is too large for memory, without the
	 * most of its records (large.h).
	 */
	struct buf json;
	bool may_be_large; /* it is the answer that has the records */
	bool is_large;
	struct api_errors errors; /* in it */
	enum shape shape;
	struct buf why;        /* when it is not */
	bool accepted_by_rule; /* --on '... success' makes it good: no content, or a part */
	bool partial;          /* it has records, and an error that says that they are incomplete */
};

void answer_init(struct answer *a, enum decoder decoder, uint64_t max);
/* After answer_init: it is the one with the records, which need not all be in memory. */
void answer_may_be_large(struct answer *a);

/* For http_perform. */
bool answer_put(void *context, const char *p, size_t n);

/*
 * Evaluates the whole answer: reads JSON, finds errors, checks the first bytes
 * of a file.
 */
void answer_read(struct answer *a, enum decoder decoder);

/* As the rules look at it. */
struct answer_view answer_view(const struct answer *a);

/* "POST https://host/add: 403 0098 Permission denied.": for a message; static storage. */
const char *answer_told(const struct request *q, const struct answer *a);

#endif
