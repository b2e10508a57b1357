/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

#include "common/program/http.h"
#include "common/program/http_redirect.h"
#include "common/program/message.h"
#include "common/web/address.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

enum { BLOCK = 256 * 1024 }; /* of one read */

struct http {
	CURL *curl;
	struct http_options options;
	char error[CURL_ERROR_SIZE];
	/* of the request that is under way */
	struct http_answer *answer;
	http_put *put;
	void *context;
	bool exact;   /* redirects are not followed */
	bool first;   /* put was not called yet */
	bool stopped; /* put wanted no more */
	bool many_headers;
	bool is_private;     /* the address of the connection, or the one in the URL */
	const char *guarded; /* why it must not be; NULL: it may */
	bool refused;        /* it was */
};

const char http_leads_inside[] =
    "it leads from a public address to a private one (see --allow-private)";

struct http *
http_new(const struct http_options *options)
{
	struct http *h = xcalloc(1, sizeof *h);
	if (options->cacert && access(options->cacert, R_OK))
		die_errno(
		    STATUS_CONFIG, "--cacert: cannot read %s", quoted(slice_of(options->cacert)));
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		die(STATUS_BUG, "libcurl cannot start");
	h->options = *options;
	h->curl = curl_easy_init();
	if (!h->curl)
		die(STATUS_TRY_AGAIN, "no memory for libcurl");
	return h;
}

static bool
is_redirect(const struct http *h, long status)
{
	struct slice location;
	return !h->exact &&
	       (status == 301 || status == 302 || status == 303 || status == 307 ||
		   status == 308) &&
	       header_find(buf_slice(&h->answer->headers), "location", &location);
}

static size_t
take_header(char *p, size_t size, size_t n, void *context)
{
	struct http *h = context;
	struct buf *headers = &h->answer->headers;
	n *= size;
	/* Each answer begins anew: those of status 100 come before the one that counts. */
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		buf_reset(headers);
	else
		buf_put(headers, p, n);
	h->many_headers = headers->failed;
	return headers->failed ? 0 : n;
}

static size_t
take_body(char *p, size_t size, size_t n, void *context)
{
	struct http *h = context;
	long status = 0;
	n *= size;
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (is_redirect(h, status))
		return n;
	h->answer->status = status;
	h->stopped = (h->first && !h->put(h->context, NULL, 0)) || !h->put(h->context, p, n);
	h->first = false;
	return h->stopped ? 0 : n;
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
	struct http *h = context;
	(void)local;
	(void)port;
	(void)local_port;
	if (!has_proxy() && address_is_private(slice_of(address)))
		h->is_private = true;
	h->refused = h->guarded && h->is_private;
	return h->refused ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
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
set_text(struct http *h, CURLoption option, const char *text)
{
	if (curl_easy_setopt(h->curl, option, text))
		die(STATUS_BUG, "libcurl does not take option %d", (int)option);
}

static void
set_number(struct http *h, CURLoption option, int64_t n)
{
	if (curl_easy_setopt(h->curl, option, (long)(n > INT32_MAX ? INT32_MAX : n)))
		die(STATUS_BUG, "libcurl does not take option %d", (int)option);
}

static struct curl_slist *
header_list(const struct http_request *q, bool foreign)
{
	struct curl_slist *list = NULL;
	struct slice name, value;
	size_t at = 0;
	bool typed = false;
	while (!foreign && header_next(q->headers, &at, &name, &value)) {
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
prepare(struct http *h, const struct http_request *q, const char *url, const char *method)
{
	curl_easy_reset(h->curl);
	set_text(h, CURLOPT_URL, url);
	set_text(h, CURLOPT_PROTOCOLS_STR, "http,https");
	set_text(h, CURLOPT_USERAGENT, "mam-etl/" MAM_VERSION);
	/* CURLOPT_NOSIGNAL stays off: so libcurl ignores SIGPIPE, which we do not, in its own calls. */
	set_number(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
	/* After a name that does not resolve, 7.88 keeps its buffer and refuses another: the size is the same. */
	curl_easy_setopt(h->curl, CURLOPT_BUFFERSIZE, (long)BLOCK);
	set_number(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	set_number(h, CURLOPT_CONNECTTIMEOUT_MS, h->options.connect_timeout);
	set_number(h, CURLOPT_LOW_SPEED_LIMIT, 1);
	set_number(h, CURLOPT_LOW_SPEED_TIME, (h->options.read_timeout + 999) / 1000);
	set_number(h, CURLOPT_TIMEOUT_MS, q->max_time > 0 ? q->max_time : 1);
	if (h->options.cacert) {
		set_text(h, CURLOPT_CAINFO, h->options.cacert);
		/* The system's folder would be trusted as well. */
		set_text(h, CURLOPT_CAPATH, NULL);
	}
	if (q->exact)
		set_number(h, CURLOPT_PATH_AS_IS, 1);
	if (q->direct)
		set_text(h, CURLOPT_NOPROXY, "*");
	set_number(h, CURLOPT_FRESH_CONNECT, q->fresh);
	if (q->stop) {
		set_number(h, CURLOPT_NOPROGRESS, 0);
		curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, look_at_signals);
		curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, q->stop);
	}
	set_number(h, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0);
	if (q->decode)
		set_text(h, CURLOPT_ACCEPT_ENCODING, ""); /* all that this libcurl has */
	/* RFC 9110, 8.6: some servers refuse such a request when it has no Content-Length. */
	if (q->has_body || expects_body(method)) {
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(q->has_body ? q->body.n : 0));
		set_text(h, CURLOPT_POSTFIELDS, q->has_body && q->body.n ? q->body.p : "");
	}
	set_text(h, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(h->curl, CURLOPT_PREREQFUNCTION, look_at_address);
	curl_easy_setopt(h->curl, CURLOPT_PREREQDATA, h);
}

static enum http_result
fail(struct http *h, enum http_result result, const char *why)
{
	buf_reset(&h->answer->why);
	buf_put_text(&h->answer->why, why);
	return result;
}

/* The meaning of libcurl's result. */
static enum http_result
judge(struct http *h, CURLcode code)
{
	const char *why = h->error[0] ? h->error : curl_easy_strerror(code);
	if (h->stopped)
		return HTTP_STOPPED;
	if (h->refused)
		return fail(h, HTTP_REFUSED, h->guarded);
	if (h->many_headers)
		return fail(h, HTTP_REFUSED, "the headers of the answer are larger than 256 KiB");
	switch (code) {
	case CURLE_OK:
		return HTTP_ANSWERED;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return fail(h, HTTP_REFUSED, why);
	default:
		return fail(h, HTTP_FAILED, why);
	}
}

/*
 * Whether the protocol marks the end of the body, and not only the end of the
 * connection.
 */
static bool
is_framed(const struct http *h, struct slice url)
{
	struct slice value;
	long version = 0;
	curl_easy_getinfo(h->curl, CURLINFO_HTTP_VERSION, &version);
	return version >= CURL_HTTP_VERSION_2_0 || header_is((struct slice){url.p, 5}, "https") ||
	       header_find(buf_slice(&h->answer->headers), "content-length", &value) ||
	       header_find(buf_slice(&h->answer->headers), "transfer-encoding", &value);
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

static enum http_result
perform_once(
    struct http *h, const struct http_request *q, const char *url, const char *method, bool foreign)
{
	h->refused = false;
	h->is_private = is_inside(url);
	if (h->guarded && h->is_private)
		return fail(h, HTTP_REFUSED, h->guarded);
	prepare(h, q, url, method);
	struct curl_slist *list = header_list(q, foreign);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	h->error[0] = '\0';
	h->many_headers = false;
	h->answer->status = 0;
	buf_reset(&h->answer->headers);
	CURLcode code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &h->answer->status);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	return judge(h, code);
}

enum http_result
http_perform(struct http *h, const struct http_request *q, http_put *put, void *context,
    struct http_answer *answer)
{
	struct http_request now = *q;
	struct buf next = {0};
	enum http_result result = HTTP_REFUSED;
	bool foreign = false;
	h->answer = answer;
	h->put = put;
	h->context = context;
	h->exact = q->exact;
	h->first = true;
	h->stopped = false;
	answer->headers.max = HTTP_HEADERS_MAX;
	buf_reset(&answer->url);
	buf_put_text(&answer->url, q->url);
	for (unsigned n = 0;; n++) {
		buf_put_byte(&answer->url, '\0');
		buf_check(&answer->url, "a URL", NULL);
		answer->url.n--;
		struct slice here = buf_slice(&answer->url);
		/* Once redirected off-origin, never send credentials again, even if redirected back: another host must not choose which URL gets them. */
		foreign |= !url_same_origin(here, slice_of(q->url));
		h->guarded = q->wary;
		if (n)
			h->guarded = foreign && !answer->home_private ? http_leads_inside : NULL;
		if (h->options.allow_private)
			h->guarded = NULL;
		result = perform_once(h, &now, here.p, now.method, foreign);
		if (!n)
			answer->home_private = h->is_private;
		if (result != HTTP_ANSWERED || !is_redirect(h, answer->status))
			break;
		const char *why = n == HTTP_REDIRECTS_MAX
				      ? "it redirects more than 10 times"
				      : http_redirect(answer, here, &next, &now);
		if (why) {
			result = fail(h, HTTP_REFUSED, why);
			break;
		}
		buf_reset(&answer->url);
		buf_put_slice(&answer->url, buf_slice(&next));
	}
	answer->framed = is_framed(h, buf_slice(&answer->url));
	/* An answer without a body has still begun. */
	if (result == HTTP_ANSWERED && h->first)
		put(context, NULL, 0);
	buf_free(&next);
	return result;
}

bool
http_put_resolved(struct buf *b, struct slice base, struct slice reference)
{
	CURLU *u = curl_url();
	char *from = xstring(base), *to = xstring(reference), *url = NULL;
	bool good = u && !curl_url_set(u, CURLUPART_URL, from, 0) &&
		    !curl_url_set(u, CURLUPART_URL, to, CURLU_URLENCODE) &&
		    !curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) &&
		    !curl_url_get(u, CURLUPART_URL, &url, 0) && url_is_http(slice_of(url));
	if (good)
		buf_put_text(b, url);
	curl_free(url);
	free(from);
	free(to);
	curl_url_cleanup(u);
	return good;
}

bool
http_date(struct slice text, int64_t *seconds)
{
	char *date = xstring(text);
	time_t t = curl_getdate(date, NULL);
	free(date);
	*seconds = t;
	return t >= 0;
}

static size_t
give_text(char *to, size_t size, size_t n, void *context)
{
	struct slice *rest = context;
	n = n * size < rest->n ? n * size : rest->n;
	if (n)
		memcpy(to, rest->p, n);
	rest->p += n;
	rest->n -= n;
	return n;
}

static enum status
mail_status(CURLcode code, long answer)
{
	bool final =
	    answer >= 500 || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED;
	if (!code || code == CURLE_LOGIN_DENIED)
		return code ? STATUS_PERMISSION : STATUS_OK;
	return final ? STATUS_REFUSED : STATUS_TRY_AGAIN;
}

enum status
http_mail(const struct http_mail *m, struct buf *why)
{
	struct http *h = http_new(&(struct http_options){.cacert = m->cacert});
	struct curl_slist *to = NULL;
	struct slice rest = m->text;
	long answer = 0;
	for (size_t i = 0; i < m->n; i++)
		to = curl_slist_append(to, m->to[i]);
	set_text(h, CURLOPT_URL, m->url);
	set_text(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	set_text(h, CURLOPT_MAIL_FROM, m->from);
	set_number(h, CURLOPT_UPLOAD, 1);
	set_number(h, CURLOPT_TIMEOUT_MS, m->max_time);
	set_number(h, CURLOPT_USE_SSL, m->password ? CURLUSESSL_ALL : CURLUSESSL_TRY);
	if (m->cacert)
		set_text(h, CURLOPT_CAINFO, m->cacert);
	if (m->password) {
		set_text(h, CURLOPT_USERNAME, m->user ? m->user : m->from);
		set_text(h, CURLOPT_PASSWORD, m->password);
	}
	curl_easy_setopt(h->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(h->curl, CURLOPT_READFUNCTION, give_text);
	curl_easy_setopt(h->curl, CURLOPT_READDATA, &rest);
	curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->error);
	CURLcode code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &answer);
	if (code)
		buf_put_text(why, h->error[0] ? h->error : curl_easy_strerror(code));
	curl_slist_free_all(to);
	curl_easy_cleanup(h->curl);
	free(h);
	return mail_status(code, answer);
}
