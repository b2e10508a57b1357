/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_REQUEST_H
#define STAGES_FETCH_API_REQUEST_H

#include "common/program/http.h"
#include "stages/fetch-api/config.h"

enum { REQUEST_URL_MAX = 64 * 1024 };

/* What is asked: the records, or what an asynchronous job needs before and after them (job.h). */
enum request_kind { REQUEST_MAIN, REQUEST_CREATE, REQUEST_POLL, REQUEST_DELETE, REQUEST_KINDS };

/* One request as it goes out, but for the caller (auth.h). */
struct request {
	enum request_kind kind;
	const char *method;
	struct buf url;     /* parameters and all; a NUL after it that does not count */
	struct buf headers; /* lines "Name: value\n" */
	struct buf body;
	bool has_body;
	bool json;        /* the body is JSON */
	const char *wary; /* why no private address is asked, see http.h; or NULL */
	bool foreign; /* another host chose the URL, or a record: nothing of ours goes with it */
};

/* Whether a header or parameter of this name only ever holds a secret. */
bool request_is_secret_name(struct slice name);
/* Dies when the value of NAME=VALUE, given to option, is a literal where only a secret ever is. */
struct template;
void request_refuse_literal(const char *option, struct slice name, const struct template *value);

/* Reads the options of all requests (--url, --param, --header, --body, …) as templates. */
void request_init(void);

/* Fills q for the current record (or none). Its buffers are reused. */
void request_fill(struct request *q, enum request_kind kind);

/* Appends a NUL that does not count. */
void request_terminate(struct buf *b);
/* Dies when a filled URL of this option is none, or names a user. */
void request_check_url(const struct buf *b, const char *option);

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
