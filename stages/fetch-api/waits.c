/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <time.h>

#include "common/program/message.h"
#include "common/web/http_header.h"
#include "common/web/ratelimit.h"
#include "common/web/wait_header.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/config_impl.h"
#include "stages/fetch-api/pace.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/waits.h"

enum { PAUSE_MS = 60 * 1000 }; /* of a limit that says nothing about its end */

static struct option_list wait_time, wait_until, pause_below, pause_above;
static int64_t max_wait = -1;

static struct wait_header *headers;
static size_t n_headers;
static struct wait_threshold *thresholds;
static size_t n_thresholds;

/* clang-format off */
const struct option_row waits_options[] = {
	{.name = "limiter", .word = "FILE", .kind = OPTION_TEXT, .to.text = &config.limiter,
	    .help = "share --rate with all processes that name this file"},
	{.name = "wait-time-from-header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &wait_time,
	    .help = "NAME[:PATH][:seconds|ms|minutes]: the wait of a limit; may be repeated"},
	{.name = "wait-until-time-from-header", .word = "HEADER", .kind = OPTION_LIST, .to.list = &wait_until,
	    .help = "NAME[:PATH][:s|ms|date]: the end of that wait; may be repeated"},
	{.name = "pause-below", .word = "LIMIT", .kind = OPTION_LIST, .to.list = &pause_below,
	    .help = "NAME[:PATH]=N[ DURATION]: pause while less than N is left; may be repeated"},
	{.name = "pause-above", .word = "LIMIT", .kind = OPTION_LIST, .to.list = &pause_above,
	    .help = "NAME[:PATH]=N[ DURATION]: pause while more than N is used; may be repeated"},
	{.name = "max-wait", .word = "DURATION", .kind = OPTION_DURATION, .to.number = &max_wait,
	    .low = 0, .high = INT64_MAX,
	    .help = "maximum wait that the server may ask for (default: no limit)"},
	{0},
};
/* clang-format on */

static void
check(const char *wrong, const char *option, const char *text)
{
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(slice_of(text)), wrong);
}

static void
read_headers(const struct option_list *list, const char *option, bool until)
{
	for (size_t i = 0; i < list->n; i++) {
		options_at(list->items[i]);
		check(wait_header_parse(&headers[n_headers++], slice_of(list->items[i]), until),
		    option, list->items[i]);
	}
	options_at(NULL);
}

static void
read_thresholds(const struct option_list *list, const char *option, bool above)
{
	for (size_t i = 0; i < list->n; i++) {
		options_at(list->items[i]);
		check(wait_threshold_parse(
			  &thresholds[n_thresholds++], slice_of(list->items[i]), above),
		    option, list->items[i]);
	}
	options_at(NULL);
}

void
waits_parse(void)
{
	headers = xcalloc(wait_time.n + wait_until.n, sizeof *headers);
	read_headers(&wait_time, "wait-time-from-header", false);
	read_headers(&wait_until, "wait-until-time-from-header", true);
	thresholds = xcalloc(pause_below.n + pause_above.n, sizeof *thresholds);
	read_thresholds(&pause_below, "pause-below", false);
	read_thresholds(&pause_above, "pause-above", true);
}

/* The server's clock, which the times in its headers are of; ours where it does not give it. */
static int64_t
server_clock(struct slice lines)
{
	struct slice date;
	int64_t now;
	if (header_find(lines, "date", &date) && wait_date(date, &now))
		return now;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
waits_retry_after(const struct answer *a)
{
	struct slice lines = buf_slice(&a->http.headers), value;
	if (!header_find(lines, "retry-after", &value))
		return -1;
	return wait_retry_after(value, server_clock(lines));
}

/* An option that names a header replaces the meaning that the header has by itself. */
static bool
is_named(const char *name)
{
	for (size_t i = 0; i < n_headers; i++)
		if (header_is(slice_of(headers[i].name), name))
			return true;
	return false;
}

/* The longest of the headers that options name; -1: none is there. */
static int64_t
named_wait(const struct answer *a)
{
	struct slice lines = buf_slice(&a->http.headers);
	int64_t now = server_clock(lines), longest = -1;
	for (size_t i = 0; i < n_headers; i++) {
		int64_t wait = wait_header_read(&headers[i], lines, now);
		longest = wait > longest ? wait : longest;
	}
	return longest;
}

/* By the RateLimit fields, unless an option names one of them. */
static int64_t
standard_wait(const struct answer *a)
{
	struct slice lines = buf_slice(&a->http.headers);
	if (is_named("ratelimit") || is_named("ratelimit-reset"))
		return -1;
	return ratelimit_wait(lines, server_clock(lines));
}

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
waits_told(const struct answer *a, bool limited)
{
	int64_t wait = is_named("retry-after") ? -1 : waits_retry_after(a);
	if (!limited)
		return wait;
	wait = longer(wait, named_wait(a));
	/* Retry-After is about this request, the RateLimit fields are about the next one. */
	return wait < 0 ? standard_wait(a) : wait;
}

void
waits_check(int64_t told, const char *why)
{
	if (max_wait >= 0 && told > max_wait)
		die(STATUS_TRY_AGAIN,
		    "%s (the server asks to wait %" PRId64 ".%03" PRId64
		    " s, longer than --max-wait)",
		    why, told / 1000, told % 1000);
}

static void
note_threshold(const struct answer *a, const struct wait_threshold *t)
{
	struct buf value = {0}, why = {0};
	if (wait_threshold_passed(t, buf_slice(&a->http.headers), &value)) {
		int64_t told = named_wait(a);
		int64_t pause = longer(t->pause, told < 0 && t->pause < 0 ? PAUSE_MS : told);
		buf_printf(&why, "%s is %s, --pause-%s %.*s", t->header.name,
		    redact(buf_slice(&value)), t->above ? "above" : "below", (int)t->limit.n,
		    t->limit.p);
		pace_hold(pause, buf_slice(&why), true);
	}
	buf_free(&value);
	buf_free(&why);
}

void
waits_note(const struct request *q, const struct answer *a)
{
	if (q->foreign)
		return;
	for (size_t i = 0; i < n_thresholds; i++)
		note_threshold(a, &thresholds[i]);
	int64_t wait = standard_wait(a);
	if (wait > 0)
		pace_hold(wait, SLICE("the quota is used up, by its RateLimit header"), true);
}
