/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_REQUEST_H
#define STAGES_FETCH_API_REQUEST_H

#include "common/program/http.h"
#include "stages/fetch-api/config.h"

/* One request as it goes out, but for the caller (auth.h). */
struct request {
	const char *method;
	struct buf url;     /* parameters and all; a NUL after it that does not count */
	struct buf headers; /* lines "Name: value\n" */
	struct buf body;
	bool has_body;
	bool json;        /* the body is JSON */
	const char *wary; /* why no private address is asked, see http.h; or NULL */
	bool foreign; /* another host chose the URL, or a record: nothing of ours goes with it */
};

/* Reads --url, --param, --header and --body as templates. */
void request_init(void);

/* Fills q for the current record (or none). Its buffers are reused. */
void request_fill(struct request *q);

/* A copy to be changed from page to page. */
void request_copy(struct request *to, const struct request *from);

/*
 * Puts a value (msgpack, a number or text) at its place; does nothing if the
 * place is unset.
 */
void request_place(struct request *q, const struct place *place, struct slice value);

/* Makes q a GET of the URL that reference means where the answer came from; first is the request that led here. */
void request_follow(struct request *q, const struct request *first, const struct http_answer *from,
    struct slice reference);

#endif
