/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "common/program/loop.h"
#include "common/text/hash.h"
#include "common/web/backoff.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/retry.h"

int64_t
now_ms(void)
{
	return loop_now();
}

void
sleep_ms(int64_t ms)
{
	task_flush();
	loop_sleep(ms);
}

bool
retry_helps(long status)
{
	return status == 408 || status == 425 || status == 429 ||
	       (status >= 500 && status != 501 && status != 505);
}

enum status
retry_exit_status(long status)
{
	if (status == 401 || status == 403 || status == 407)
		return STATUS_PERMISSION;
	return retry_helps(status) ? STATUS_TRY_AGAIN : STATUS_REFUSED;
}

int64_t
retry_least(const struct retry *t, long status, int64_t retry_after)
{
	/* To come back at once would be counted against us again. */
	if (status == 429 && retry_after < 0)
		return backoff_bound(config.backoff, t->n);
	return retry_after;
}

void
retry_start_within(struct retry *t, const struct retry *outer)
{
	*t = (struct retry){.deadline = outer->deadline, .option = outer->option};
}

void
retry_start(struct retry *t, int64_t budget, const char *option)
{
	int64_t now = now_ms();
	*t = (struct retry){
	    .deadline = budget > INT64_MAX - now ? INT64_MAX : now + budget, .option = option};
}

int64_t
retry_left(const struct retry *t)
{
	int64_t left = t->deadline - now_ms();
	return left > 0 ? left : 1;
}

/* Jitter needs to differ between processes that start together, and nothing more. */
uint64_t
retry_noise(void)
{
	static uint64_t state[3];
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	state[0]++;
	state[1] ^= (uint64_t)t.tv_nsec;
	state[2] = (uint64_t)getpid();
	return hash64(state, sizeof state);
}

/* Dies, unless these tries may fail: then it reports why, and is false. */
static bool
give_up(const struct retry *t, enum status status, struct buf *why)
{
	buf_put_byte(why, '\0');
	const char *text = why->failed ? "no memory for a message" : why->p;
	if (!t->may_fail)
		die(status, "%s", text);
	message("%s", text);
	buf_free(why);
	return false;
}

bool
retry_wait(struct retry *t, int64_t least, enum status status, const char *why)
{
	int64_t wait = backoff_wait(config.backoff, t->n, retry_noise());
	/*
	 * Clients that were all given the same time must not return at the same
	 * moment.
	 */
	if (least >= 0) {
		int64_t jitter = wait < 1000 ? wait : wait % 1000;
		wait = least > INT64_MAX - jitter ? INT64_MAX : least + jitter;
	}
	struct buf end = {0};
	if (t->n == (unsigned)config.retries)
		buf_printf(&end, config.retries ? "%s (tried %u times, see --retries)" : "%s", why,
		    t->n + 1);
	else if (wait >= t->deadline - now_ms())
		buf_printf(&end,
		    "%s (no time is left to wait %" PRId64 ".%03" PRId64
		    " s and try again, see --%s)",
		    why, wait / 1000, wait % 1000, t->option);
	if (end.n)
		return give_up(t, status, &end);
	t->n++;
	fetch.retries++;
	message("%s; trying again in %" PRId64 ".%03" PRId64 " s (%u of %" PRId64 ")", why,
	    wait / 1000, wait % 1000, t->n, config.retries);
	sleep_ms(wait);
	return true;
}
