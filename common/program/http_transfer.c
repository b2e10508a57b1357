/* SPDX-License-Identifier: MIT */
/* One request of http.h without its redirects: what libcurl is told, and what its results mean. */
#include <stdlib.h>

#include "common/program/http_curl.h"
#include "common/program/loop.h"
#include "common/program/message.h"
#include "common/web/address.h"
#include "common/web/http_header.h"

enum {
	BLOCK = 256 * 1024,         /* of one read */
	REDIRECT_MAX = 1024 * 1024, /* bytes of the body of a redirect, which nobody reads */
	TOO_LARGE = 100,            /* CURLE_TOO_LARGE, which older ones do not have */
};

bool
transfer_redirects(const struct transfer *t, long status)
{
	struct slice location;
	return !t->exact &&
	       (status == 301 || status == 302 || status == 303 || status == 307 ||
		   status == 308) &&
	       header_find(buf_slice(&t->answer->headers), "location", &location) && location.n;
}

static size_t
take_header(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	struct buf *headers = &t->answer->headers;
	n *= size;
	/* Each answer begins anew: those of status 100 come before the one that counts. */
	bool begins = n >= 5 && memcmp(p, "HTTP/", 5) == 0;
	if (begins)
		buf_reset(headers);
	else
		buf_put(headers, p, n);
	/* Trailers have no line that ends them, as they come after it. */
	t->whole_head = !begins && (t->whole_head || *p == '\r' || *p == '\n');
	t->headers_size += n;
	t->many_headers = headers->failed || t->headers_size > HTTP_HEADERS_MAX;
	return t->many_headers ? 0 : n;
}

bool
transfer_take(struct transfer *t, const char *p, size_t n)
{
	if (t->http->tap.see)
		tap_take(t, p, n);
	t->stopped = (t->first && !t->put(t->context, NULL, 0)) || !t->put(t->context, p, n);
	t->first = false;
	return !t->stopped;
}

static size_t
take_body(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	long status = 0;
	n *= size;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (transfer_redirects(t, status)) {
		t->redirect_size += n;
		return t->redirect_size > REDIRECT_MAX ? 0 : n;
	}
	t->answer->status = status;
	return transfer_take(t, p, n) ? n : 0;
}

/* With a proxy, the address is the proxy's and does not show the server's. */
static bool
has_proxy(void)
{
	static const char *const names[] = {
	    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};
	for (size_t i = 0; names[i]; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return true;
	}
	return false;
}

/* Called when there is a connection, before anything of the request is sent. */
static int
look_at_address(void *context, char *address, char *local, int port, int local_port)
{
	struct transfer *t = context;
	(void)local;
	(void)port;
	(void)local_port;
	if (!has_proxy() && address_is_private(slice_of(address)))
		t->is_private = true;
	t->refused = t->guarded && t->is_private;
	return t->refused ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Called at least once a second, and after every signal. */
static int
look_at_signals(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const volatile sig_atomic_t *stop = context;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return *stop != 0;
}

static void
set_text(struct transfer *t, CURLoption option, const char *text)
{
	http_set_text(t->curl, option, text);
}

static void
set_number(struct transfer *t, CURLoption option, int64_t n)
{
	http_set_number(t->curl, option, n);
}

static struct curl_slist *
header_list(struct slice lines)
{
	struct curl_slist *list = NULL;
	struct slice name, value;
	size_t at = 0;
	bool typed = false;
	while (header_next(lines, &at, &name, &value)) {
		struct buf line = {0};
		buf_put_slice(&line, name);
		/* "Name;" makes libcurl send a header without a value. */
		buf_put_text(&line, value.n ? ": " : ";");
		buf_put_slice(&line, value);
		buf_put_byte(&line, '\0');
		buf_check(&line, "a header", NULL);
		list = curl_slist_append(list, line.p);
		typed |= header_is(name, "content-type");
		buf_free(&line);
	}
	/* Neither a guessed type nor a wait for permission to send. */
	list = curl_slist_append(list, "Expect:");
	return typed ? list : curl_slist_append(list, "Content-Type:");
}

static bool
expects_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	       strcmp(method, "PATCH") == 0;
}

static void
prepare(struct transfer *t, const struct http_request *q, const char *url, const char *method)
{
	curl_easy_reset(t->curl);
	curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
	set_text(t, CURLOPT_URL, url);
	set_text(t, CURLOPT_PROTOCOLS_STR, "http,https");
	set_text(t, CURLOPT_USERAGENT, "mam-etl/" MAM_VERSION);
	/* CURLOPT_NOSIGNAL stays off: so libcurl ignores SIGPIPE, which we do not, in its own calls. */
	set_number(t, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
	/* After a name that does not resolve, 7.88 keeps its buffer and refuses another: the size is the same. */
	curl_easy_setopt(t->curl, CURLOPT_BUFFERSIZE, (long)BLOCK);
	set_number(t, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	/*
	 * Of many requests at once, each takes a stream of a connection that is about to come
	 * about. Without TLS the first answer would be waited for, however slow it is, to see
	 * whether there are streams.
	 */
	set_number(t, CURLOPT_PIPEWAIT,
	    t->http->options.at_once > 1 && header_is((struct slice){url, 5}, "https"));
	set_number(t, CURLOPT_CONNECTTIMEOUT_MS, t->http->options.connect_timeout);
	set_number(t, CURLOPT_LOW_SPEED_LIMIT, 1);
	set_number(t, CURLOPT_LOW_SPEED_TIME, (t->http->options.read_timeout + 999) / 1000);
	set_number(t, CURLOPT_TIMEOUT_MS, q->max_time > 0 ? q->max_time : 1);
	if (t->http->options.cacert) {
		set_text(t, CURLOPT_CAINFO, t->http->options.cacert);
		/* The system's folder would be trusted as well. */
		set_text(t, CURLOPT_CAPATH, NULL);
	}
	if (q->exact || q->sign)
		set_number(t, CURLOPT_PATH_AS_IS, 1);
	if (q->direct)
		set_text(t, CURLOPT_NOPROXY, "*");
	set_number(t, CURLOPT_FRESH_CONNECT, q->fresh);
	if (q->stop) {
		set_number(t, CURLOPT_NOPROGRESS, 0);
		curl_easy_setopt(t->curl, CURLOPT_XFERINFOFUNCTION, look_at_signals);
		curl_easy_setopt(t->curl, CURLOPT_XFERINFODATA, q->stop);
	}
	set_number(t, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0);
	if (q->decode)
		set_text(t, CURLOPT_ACCEPT_ENCODING, ""); /* all that this libcurl has */
	/* RFC 9110, 8.6: some servers refuse such a request when it has no Content-Length. */
	if (q->has_body || expects_body(method)) {
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(q->has_body ? q->body.n : 0));
		set_text(t, CURLOPT_POSTFIELDS, q->has_body && q->body.n ? q->body.p : "");
	}
	set_text(t, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_PREREQFUNCTION, look_at_address);
	curl_easy_setopt(t->curl, CURLOPT_PREREQDATA, t);
}

enum http_result
transfer_fail(struct transfer *t, enum http_result result, const char *why)
{
	buf_reset(&t->answer->why);
	buf_put_text(&t->answer->why, why);
	return result;
}

/* A coding that is not known will not be known the next time; a body that breaks its coding may be whole then. */
static enum http_result
judge_coding(struct transfer *t, const char *why)
{
	struct slice lines = buf_slice(&t->answer->headers), coding;
	if (!header_unknown_coding(lines, &coding))
		return transfer_fail(t, HTTP_FAILED, why);
	transfer_fail(t, HTTP_REFUSED, "the answer has a coding that is not known: ");
	buf_put_slice(&t->answer->why, coding);
	return HTTP_REFUSED;
}

/*
 * libcurl has read an answer. It takes a head that breaks off for a whole one without a body, any of several
 * lengths, and it ignores one above 2^63.
 */
static enum http_result
judge_frame(struct transfer *t)
{
	long status = t->answer->status;
	if (!t->whole_head || (status < 200 && status != 101))
		return transfer_fail(t, HTTP_FAILED, "the answer ends in its headers");
	if (header_length_is_clear(buf_slice(&t->answer->headers)))
		return HTTP_ANSWERED;
	return transfer_fail(
	    t, HTTP_FAILED, "the answer has more than one Content-Length, or one that is none");
}

/* The meaning of libcurl's result. */
static enum http_result
judge(struct transfer *t, CURLcode code)
{
	const char *why = t->error[0] ? t->error : curl_easy_strerror(code);
	if (t->stopped)
		return HTTP_STOPPED;
	if (t->refused)
		return transfer_fail(t, HTTP_REFUSED, t->guarded);
	if (t->many_headers)
		return transfer_fail(
		    t, HTTP_REFUSED, "the headers of the answer are larger than 256 KiB");
	if (t->redirect_size > REDIRECT_MAX)
		return transfer_fail(t, HTTP_REFUSED, "it redirects with a body larger than 1 MiB");
	switch ((int)code) {
	case CURLE_OK:
		return judge_frame(t);
	case CURLE_BAD_CONTENT_ENCODING:
		return judge_coding(t, why);
	case CURLE_WRITE_ERROR: /* not ours, see stopped */
		return transfer_fail(
		    t, HTTP_FAILED, "the body goes on after the end of its content coding");
	case CURLE_OUT_OF_MEMORY: /* of a buffer with a maximum */
	case TOO_LARGE:
		return transfer_fail(
		    t, HTTP_REFUSED, "a line of the headers is too long for libcurl");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return transfer_fail(t, HTTP_REFUSED, why);
	default:
		return transfer_fail(t, HTTP_FAILED, why);
	}
}

/*
 * Whether the protocol marks the end of the body, and not only the end of the
 * connection.
 */
bool
transfer_is_framed(const struct transfer *t, struct slice url)
{
	struct slice value;
	long version = 0;
	if (t->http->tap.play)
		return t->framed;
	curl_easy_getinfo(t->curl, CURLINFO_HTTP_VERSION, &version);
	return version >= CURL_HTTP_VERSION_2_0 || header_is((struct slice){url.p, 5}, "https") ||
	       header_find(buf_slice(&t->answer->headers), "content-length", &value) ||
	       header_find(buf_slice(&t->answer->headers), "transfer-encoding", &value);
}

/* Whether the URL has a private address, in any spelling that libcurl reads as one: 0x7f.1. */
static bool
is_inside(const char *url)
{
	struct buf b = {0};
	bool inside = address_in_url_is_private(slice_of(url));
	if (http_put_resolved(&b, slice_of(url), slice_of(url)))
		inside |= address_in_url_is_private(buf_slice(&b));
	buf_free(&b);
	return inside;
}

enum http_result
transfer_send(struct transfer *t, const struct http_request *q, const char *url, const char *method,
    bool foreign)
{
	t->refused = false;
	t->is_private = is_inside(url);
	if (t->guarded && t->is_private)
		return transfer_fail(t, HTTP_REFUSED, t->guarded);
	if (t->http->tap.play)
		return tap_play(t, q, url, method);
	prepare(t, q, url, method);
	if (t->http->tap.see)
		tap_begin(t);
	struct buf lines = {.max = HTTP_HEADERS_MAX};
	if (!foreign) {
		buf_put_slice(&lines, q->headers);
		if (q->sign)
			q->sign(q->signer, q, url, &lines);
		buf_check(&lines, "the headers of a request", NULL);
	}
	struct curl_slist *list = header_list(buf_slice(&lines));
	buf_free(&lines);
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, list);
	t->error[0] = '\0';
	t->many_headers = t->whole_head = false;
	t->headers_size = t->redirect_size = 0;
	t->answer->status = 0;
	buf_reset(&t->answer->headers);
	CURLcode code = http_multi_run(t);
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->answer->status);
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	enum http_result result = judge(t, code);
	if (t->http->tap.see)
		tap_end(t, q, url, method, result);
	return result;
}
