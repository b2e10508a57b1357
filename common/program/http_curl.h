/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_HTTP_CURL_H
#define COMMON_PROGRAM_HTTP_CURL_H

/* Shared by the modules that implement http.h with libcurl; nobody else includes it. */

#include <curl/curl.h>

#include "common/program/http.h"
#include "common/program/http_tap.h"
#include "common/program/loop.h"

struct http {
	CURLM *multi;
	struct http_options options;
	struct http_tap tap;
	struct transfer *idle; /* handles to be used again */
};

/* One request that is under way, or a handle for the next one. */
struct transfer {
	struct http *http;
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	struct http_answer *answer;
	http_put *put;
	void *context;
	bool exact;   /* redirects are not followed */
	bool first;   /* put was not called yet */
	bool stopped; /* put wanted no more */
	bool many_headers;
	bool whole_head;      /* the empty line after the headers has come */
	size_t headers_size;  /* of all answers to one request, 100 and the like too */
	size_t redirect_size; /* of the body of a redirect */
	bool is_private;      /* the address of the connection, or the one in the URL */
	const char *guarded;  /* why it must not be; NULL: it may */
	bool refused;         /* it was */
	bool framed;          /* of an answer that was played */
	/* for the witness of the tap */
	struct buf sent, status_line, body;
	uint64_t body_size;
	int64_t started; /* milliseconds since 1970 */
	/* libcurl's result, once it has ended */
	bool ended;
	CURLcode code;
	struct waiter waiter;
	struct transfer *next; /* of those that are idle */
};

/* Starts libcurl; dies with STATUS_CONFIG when cacert (or NULL) cannot be read. */
void http_start(const char *cacert);
/* Set an option that libcurl knows. */
void http_set_text(CURL *curl, CURLoption option, const char *text);
void http_set_number(CURL *curl, CURLoption option, int64_t n);

/* http_multi.c: a handle for a request, and back; runs the request that was prepared in it. */
struct transfer *http_multi_take(struct http *h);
void http_multi_give(struct transfer *t);
CURLcode http_multi_run(struct transfer *t);

/* http_tap.c: shows a transfer to the tap of http, or takes an answer from it. */
void tap_begin(struct transfer *t);
void tap_take(struct transfer *t, const char *p, size_t n);
void tap_end(struct transfer *t, const struct http_request *q, const char *url, const char *method,
    enum http_result result);
enum http_result tap_play(
    struct transfer *t, const struct http_request *q, const char *url, const char *method);

/* http_transfer.c: sends one request and takes the answer; foreign: without our headers. */
enum http_result transfer_send(struct transfer *t, const struct http_request *q, const char *url,
    const char *method, bool foreign);
/* Hands a piece of the body on; false if no more of it is wanted. */
bool transfer_take(struct transfer *t, const char *p, size_t n);
/* Sets the reason and returns result. */
enum http_result transfer_fail(struct transfer *t, enum http_result result, const char *why);
/* Whether an answer of this status is a redirect to be followed. */
bool transfer_redirects(const struct transfer *t, long status);
/* Whether the protocol marks the end of the body, and not only the end of the connection. */
bool transfer_is_framed(const struct transfer *t, struct slice url);

#endif
