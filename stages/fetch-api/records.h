/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_RECORDS_H
#define STAGES_FETCH_API_RECORDS_H

#include "stages/fetch-api/answer.h"

/* The records of answers, and files, on their way out, --include and --wrap applied. */

void records_init(void);

/* The contents of one page. */
struct page {
	uint64_t records;
	/* elements of the first array on --record-path, as offsets and totals count them */
	uint64_t items;
	uint64_t hash; /* of all its records */
};

/* How many records the path leads to in body (msgpack, or nothing), as records_send would send them. */
uint64_t records_count(struct slice body, const struct json_path *path);
/*
 * Sends the answer's records at --record-path. Dies if the values there are not
 * records.
 */
struct page records_send(const struct request *q, struct answer *a);
/* Sends the body as one file of byte chunks. */
void records_send_file(struct answer *a);

#endif
