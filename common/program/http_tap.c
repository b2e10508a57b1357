/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "common/program/http_curl.h"

enum { MILLION = 1000000 };

void
http_set_tap(struct http *h, const struct http_tap *tap)
{
	h->tap = *tap;
}

/* Called with all that goes over the wire; with a proxy, with its own headers first. */
static int
look(CURL *curl, curl_infotype type, char *p, size_t n, void *context)
{
	struct transfer *t = context;
	struct slice piece = {p, n};
	(void)curl;
	if (type == CURLINFO_HEADER_OUT) {
		buf_reset(&t->sent);
		buf_put_slice(&t->sent, piece);
	}
	if (type == CURLINFO_HEADER_IN && n > 5 && memcmp(p, "HTTP/", 5) == 0) {
		buf_reset(&t->status_line);
		buf_put_slice(&t->status_line, piece);
	}
	return 0;
}

void
tap_begin(struct transfer *t)
{
	struct timespec now;
	buf_reset(&t->sent);
	buf_reset(&t->status_line);
	buf_reset(&t->body);
	t->body_size = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	t->started = (int64_t)now.tv_sec * 1000 + now.tv_nsec / MILLION;
	http_set_number(t->curl, CURLOPT_VERBOSE, 1);
	curl_easy_setopt(t->curl, CURLOPT_DEBUGFUNCTION, look);
	curl_easy_setopt(t->curl, CURLOPT_DEBUGDATA, t);
}

void
tap_take(struct transfer *t, const char *p, size_t n)
{
	size_t room = t->http->tap.body_max > t->body.n ? t->http->tap.body_max - t->body.n : 0;
	buf_put(&t->body, p, n < room ? n : room);
	t->body_size += n;
}

static int64_t
number_of(struct transfer *t, CURLINFO info)
{
	curl_off_t n = 0;
	curl_easy_getinfo(t->curl, info, &n);
	return n > 0 ? n : 0;
}

void
tap_end(struct transfer *t, const struct http_request *q, const char *url, const char *method,
    enum http_result result)
{
	char *address = NULL;
	long port = 0, connects = 0;
	curl_easy_getinfo(t->curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(t->curl, CURLINFO_LOCAL_PORT, &port);
	curl_easy_getinfo(t->curl, CURLINFO_NUM_CONNECTS, &connects);
	struct http_seen seen = {
	    .request = q,
	    .method = method,
	    .url = url,
	    .sent = buf_slice(&t->sent),
	    .status_line = buf_slice(&t->status_line),
	    .answer = t->answer,
	    .result = result,
	    .body = buf_slice(&t->body),
	    .body_size = t->body_size,
	    .received = number_of(t, CURLINFO_SIZE_DOWNLOAD_T),
	    .started = t->started,
	    .resolved = number_of(t, CURLINFO_NAMELOOKUP_TIME_T),
	    .connected = number_of(t, CURLINFO_CONNECT_TIME_T),
	    .secured = number_of(t, CURLINFO_APPCONNECT_TIME_T),
	    .ready = number_of(t, CURLINFO_PRETRANSFER_TIME_T),
	    .first = number_of(t, CURLINFO_STARTTRANSFER_TIME_T),
	    .total = number_of(t, CURLINFO_TOTAL_TIME_T),
	    .new_connection = connects > 0,
	    .is_private = t->is_private,
	    .framed = t->answer->status && transfer_is_framed(t, slice_of(url)),
	    .address = address ? address : "",
	    .port = port,
	};
	t->http->tap.see(t->http->tap.context, &seen);
	/* A large body is not kept for the next request. */
	buf_free(&t->body);
}

enum http_result
tap_play(struct transfer *t, const struct http_request *q, const char *url, const char *method)
{
	struct http_played played = {0};
	struct http_answer *a = t->answer;
	t->http->tap.play(t->http->tap.context, q, method, url, &played);
	t->is_private |= played.is_private;
	t->framed = played.framed;
	a->status = played.status;
	buf_reset(&a->headers);
	buf_put_slice(&a->headers, played.headers);
	if (a->headers.failed)
		return transfer_fail(
		    t, HTTP_REFUSED, "the headers of the answer are larger than 256 KiB");
	bool body = played.status && played.body.n && !transfer_redirects(t, played.status);
	if (body && !transfer_take(t, played.body.p, played.body.n))
		return HTTP_STOPPED;
	if (played.result != HTTP_ANSWERED)
		return transfer_fail(t, played.result, played.why);
	return HTTP_ANSWERED;
}
