/* SPDX-License-Identifier: MIT */
/* The transfers of http.h that are under way, by one multi handle of libcurl, which keeps the connections. */
#include <sys/resource.h>
#include <unistd.h>

#include "common/program/http_curl.h"
#include "common/program/message.h"

enum { CONNECTIONS_KEPT = 5, SECOND = 1000 };

void
http_set_text(CURL *curl, CURLoption option, const char *text)
{
	if (curl_easy_setopt(curl, option, text))
		die(STATUS_BUG, "libcurl does not take option %d", (int)option);
}

void
http_set_number(CURL *curl, CURLoption option, int64_t n)
{
	if (curl_easy_setopt(curl, option, (long)(n > INT32_MAX ? INT32_MAX : n)))
		die(STATUS_BUG, "libcurl does not take option %d", (int)option);
}

void
http_start(const char *cacert)
{
	if (cacert && access(cacert, R_OK))
		die_errno(STATUS_CONFIG, "--cacert: cannot read %s", quoted(slice_of(cacert)));
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		die(STATUS_BUG, "libcurl cannot start");
}

/* Each request has a socket, and two more while a thread of libcurl looks up its host. */
static void
allow_sockets(long at_once)
{
	enum { EACH = 3, OTHERS = 64 };
	struct rlimit limit;
	rlim_t want = (rlim_t)at_once * EACH + OTHERS;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= want)
		return;
	/* As many as may be; one that is missing is a connection that fails. */
	limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct http *
http_new(const struct http_options *options)
{
	struct http *h = xcalloc(1, sizeof *h);
	http_start(options->cacert);
	h->options = *options;
	h->multi = curl_multi_init();
	long at_once = options->at_once > 1 ? (long)options->at_once : 1;
	if (!h->multi)
		die(STATUS_TRY_AGAIN, "no memory for libcurl");
	if (at_once > 1)
		allow_sockets(at_once);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, at_once + CONNECTIONS_KEPT);
	curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	return h;
}

struct transfer *
http_multi_take(struct http *h)
{
	struct transfer *t = h->idle;
	if (t) {
		h->idle = t->next;
		return t;
	}
	t = xcalloc(1, sizeof *t);
	t->http = h;
	t->curl = curl_easy_init();
	if (!t->curl)
		die(STATUS_TRY_AGAIN, "no memory for libcurl");
	return t;
}

void
http_multi_give(struct transfer *t)
{
	t->next = t->http->idle;
	t->http->idle = t;
}

static void
check(CURLMcode code)
{
	if (code)
		die(code == CURLM_OUT_OF_MEMORY ? STATUS_TRY_AGAIN : STATUS_BUG, "libcurl: %s",
		    curl_multi_strerror(code));
}

/* Takes the transfers that have ended off the loop. True if there was one. */
static bool
collect(struct http *h)
{
	const CURLMsg *m;
	int left;
	bool any = false;
	while ((m = curl_multi_info_read(h->multi, &left))) {
		struct transfer *t;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		t->code = m->data.result;
		t->ended = any = true;
		check(curl_multi_remove_handle(h->multi, t->curl));
		if (t->waiter.who)
			loop_wake(&t->waiter);
	}
	return any;
}

static void
wait_for_io(void *context, int64_t ms, struct pollfd *extra)
{
	struct http *h = context;
	bool out = extra && extra->events & POLLOUT;
	struct curl_waitfd more = {
	    .fd = extra ? extra->fd : -1, .events = out ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN};
	int running;
	check(curl_multi_perform(h->multi, &running));
	if (collect(h) || ms <= 0)
		return;
	check(curl_multi_poll(
	    h->multi, extra ? &more : NULL, extra ? 1 : 0, (int)(ms < SECOND ? ms : SECOND), NULL));
}

void
http_in_loop(struct http *h)
{
	loop_set_io(wait_for_io, h);
}

CURLcode
http_multi_run(struct transfer *t)
{
	t->ended = false;
	t->waiter = (struct waiter){0};
	check(curl_multi_add_handle(t->http->multi, t->curl));
	if (loop_can_wait())
		loop_wait(&t->waiter);
	while (!t->ended)
		wait_for_io(t->http, SECOND, NULL);
	return t->code;
}
