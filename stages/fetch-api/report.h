/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_REPORT_H
#define STAGES_FETCH_API_REPORT_H

#include "stages/fetch-api/answer.h"

/* The meaning of a successful answer's content for its records. */
enum report_kind {
	REPORT_GOOD,
	REPORT_PARTIAL,  /* records beside an error: they are not all */
	REPORT_ERROR,    /* an error and no records: not "no data" */
	REPORT_NOT_DONE, /* 202 without records: the work is accepted, not done */
};

struct report {
	enum report_kind kind;
	struct slice name;  /* the member that reports the error; points into the answer */
	struct slice value; /* its value, msgpack */
};

/* awaited: the answer is the one that --until waits for. */
struct report report_find(const struct answer *a, bool awaited);

/* The same of a request of an asynchronous job, which has no records. */
struct report report_find_of_job(const struct answer *a);

/* Appends the reason of an error or of work that is not done, for a message. */
void report_put(struct buf *b, const struct report *report, const struct answer *a);

#endif
