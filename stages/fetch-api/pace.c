/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/web/backoff.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/limiter_file.h"
#include "stages/fetch-api/pace.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/waits.h"

/* The number of a request that the limiter does not know. */
#define NOT_COUNTED UINT64_MAX

static struct rate rate;

/* The longest pause that was asked for. */
static struct {
	int64_t until; /* of now_ms() */
	int64_t asked; /* its length; -1: not by the server */
	struct buf why;
	bool reported;
} hold;

void
pace_init(void)
{
	rate.limit = (size_t)config.rate_n;
	rate.period = config.rate_period;
	rate.times = xcalloc(rate.limit, sizeof *rate.times);
	if (config.limiter)
		limiter_file_init(config.limiter);
}

void
pace_hold(int64_t ms, struct slice why, bool told)
{
	if (config.limiter)
		limiter_file_hold(ms);
	int64_t now = now_ms(), until = ms > INT64_MAX - now ? INT64_MAX : now + ms;
	if (until <= hold.until)
		return;
	hold.until = until;
	hold.asked = told ? ms : -1;
	hold.reported = false;
	buf_reset(&hold.why);
	buf_put_slice(&hold.why, why);
	buf_check(&hold.why, "a reason", NULL);
}

static void
check_time(const struct request *q, const struct retry *tries, int64_t wait, struct slice why)
{
	if (wait >= retry_left(tries))
		die(STATUS_TRY_AGAIN,
		    "%s%s %s: no time is left to wait %" PRId64 ".%03" PRId64
		    " s before the request, see --%s (%.*s)",
		    record_prefix(), q->method, redact_url(buf_slice(&q->url)), wait / 1000,
		    wait % 1000, tries->option, (int)why.n, why.p);
}

/* The rest of a pause; reported once. */
static int64_t
wait_of_hold(const struct request *q, const struct retry *tries)
{
	int64_t wait = hold.until - now_ms();
	if (wait <= 0)
		return 0;
	struct buf why = {0};
	buf_printf(&why, "%s%s %s: %.*s", record_prefix(), q->method,
	    redact_url(buf_slice(&q->url)), (int)hold.why.n, hold.why.p);
	buf_put_byte(&why, '\0');
	buf_check(&why, "a message", NULL);
	if (!tries->may_fail) {
		waits_check(hold.asked, why.p);
		check_time(q, tries, wait, buf_slice(&hold.why));
	}
	if (!hold.reported)
		message("%s; pausing for %" PRId64 ".%03" PRId64 " s before the next request",
		    why.p, wait / 1000, wait % 1000);
	hold.reported = true;
	buf_free(&why);
	return wait;
}

/* Another process learned of the pause, and reports why. */
static void
report_held(const struct request *q, int64_t wait)
{
	static int64_t reported_until;
	int64_t now = now_ms();
	if (now < reported_until)
		return;
	reported_until = now + wait;
	message("%s%s %s: a limit is reached, by --limiter; pausing for %" PRId64 ".%03" PRId64
		" s before the next request",
	    record_prefix(), q->method, redact_url(buf_slice(&q->url)), wait / 1000, wait % 1000);
}

/* 0: the request is counted. */
static int64_t
wait_of_rate(const struct request *q, const struct retry *tries, uint64_t id, uint64_t *number)
{
	if (!config.limiter) {
		int64_t wait = rate_wait(&rate, now_ms());
		if (!wait)
			rate_count(&rate, now_ms());
		return wait;
	}
	bool held;
	int64_t wait = limiter_file_ask(id, tries, number, &held);
	if (held)
		report_held(q, wait);
	return wait;
}

uint64_t
pace_wait(const struct request *q, const struct retry *tries)
{
	uint64_t id = config.limiter ? limiter_file_id() : 0, number = NOT_COUNTED;
	int64_t wait;
	/* While one task sleeps, another may take the place or learn of a pause. */
	while ((wait = wait_of_hold(q, tries)) || (wait = wait_of_rate(q, tries, id, &number))) {
		/* What may fail is sent without its turn rather than not at all. */
		if (tries->may_fail && wait >= retry_left(tries))
			break;
		check_time(q, tries, wait, SLICE("--rate"));
		sleep_ms(wait);
	}
	return number;
}

void
pace_done(uint64_t number)
{
	if (number != NOT_COUNTED)
		limiter_file_answered(number);
}
