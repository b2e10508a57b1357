/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_HTTP_TAP_H
#define COMMON_PROGRAM_HTTP_TAP_H

#include "common/program/http.h"

/*
 * A tap on an HTTP client: it sees each request with its answer, redirects among them, or it
 * plays answers in place of the network. Requests and answers have secrets in them.
 */

/* The times are microseconds from the start; 0: it did not come to that. */
struct http_seen {
	const struct http_request *request;
	const char *method, *url;         /* of this request: a redirect has others */
	struct slice sent;                /* request line and header lines as they were sent */
	struct slice status_line;         /* "HTTP/1.1 200 OK", perhaps with its line end */
	const struct http_answer *answer; /* its status is 0 if none came */
	enum http_result result;
	struct slice body;  /* the beginning of the answer's body, without a content coding */
	uint64_t body_size; /* all of it, as far as it came */
	int64_t received;   /* bytes of it on the wire */
	int64_t started;    /* milliseconds since 1970 */
	int64_t resolved, connected, secured, ready, first, total;
	bool new_connection, is_private, framed;
	const char *address; /* of the server */
	long port;           /* of ours, which names the connection */
};

struct http_played {
	enum http_result result;
	const char *why;            /* of HTTP_FAILED and HTTP_REFUSED */
	long status;                /* 0: no answer came */
	struct slice headers, body; /* as in http_answer */
	bool framed, is_private;
};

struct http_tap {
	void *context;
	size_t body_max; /* bytes of a body that are kept for see */
	void (*see)(void *context, const struct http_seen *seen); /* or NULL */
	/* Answers in place of the network, with texts that live until the next call; or NULL */
	void (*play)(void *context, const struct http_request *q, const char *method,
	    const char *url, struct http_played *answer);
};

/* For all requests from now on; it is copied. */
void http_set_tap(struct http *h, const struct http_tap *tap);

#endif
