/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "batch/check-target/check_target.h"
#include "common/program/http.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

enum { CONNECT_TIME = 10 * 1000, READ_TIME = 20 * 1000, ALL_TIME = 30 * 1000 }; /* milliseconds */

/* The headers are enough. */
static bool
take_nothing(void *context, const char *p, size_t n)
{
	(void)context;
	(void)p;
	(void)n;
	return false;
}

static void
check_clock(const struct subject *t, const struct http_answer *answer)
{
	struct slice date;
	int64_t there;
	if (header_find(buf_slice(&answer->headers), "date", &date) && http_date(date, &there))
		report_skew(t, "the server's", there - (int64_t)time(NULL), CHECK_FAILED);
	else
		check_put(CHECK_SKIPPED, "clock", t->shown, NULL, "the answer has no Date");
}

void
check_web(const struct subject *t)
{
	struct http_answer answer = {0};
	if (!url_is_http(slice_of(t->address)) || url_has_user(slice_of(t->address)))
		die(STATUS_USAGE, "the target is not an http or https URL without a user");
	struct http *http = http_new(&(struct http_options){.cacert = t->cacert,
	    .connect_timeout = CONNECT_TIME,
	    .read_timeout = READ_TIME,
	    .allow_private = true});
	/* exact: a redirect is an answer, too, and shows that the server is there. */
	enum http_result result = http_perform(http,
	    &(struct http_request){
		.method = "GET", .url = t->address, .max_time = ALL_TIME, .exact = true},
	    take_nothing, NULL, &answer);
	bool tls = url_is_https(slice_of(t->address));
	if (result == HTTP_ANSWERED || result == HTTP_STOPPED) {
		check_put(CHECK_OK, "host", t->shown, NULL, "answered with status %ld%s",
		    answer.status, tls ? ", and its certificate is trusted" : "");
		check_clock(t, &answer);
	} else {
		check_put(CHECK_FAILED, "host", t->shown,
		    result == HTTP_REFUSED ? "check the clock, the package ca-certificates, and "
					     "the CA of a proxy that reads TLS"
					   : "check the name, the network, a proxy, and the "
					     "firewall or security group",
		    "%.*s", (int)answer.why.n, answer.why.p ? answer.why.p : "");
	}
	buf_free(&answer.headers);
	buf_free(&answer.url);
	buf_free(&answer.why);
}
