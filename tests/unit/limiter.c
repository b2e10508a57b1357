/* SPDX-License-Identifier: MIT */
#include "common/web/limiter.h"
#include "tests/unit/unit.h"

static struct limiter l;
static struct limiter_request ring[LIMITER_RING];

static struct limiter_request
get(void *context, uint64_t number)
{
	(void)context;
	return ring[number % LIMITER_RING];
}

static int64_t
ask(int64_t limit, int64_t period, uint64_t id, int64_t now)
{
	struct limiter_budget b = {.limit = limit, .period = period};
	uint64_t number;
	int64_t wait = limiter_ask(&l, &b, id, now, get, NULL, &number);
	if (!wait)
		ring[number % LIMITER_RING] = (struct limiter_request){.sent = now};
	return wait;
}

static void
answer(uint64_t number, int64_t now)
{
	ring[number % LIMITER_RING].answered = now;
}

static void
test_head(void)
{
	struct limiter other;
	limiter_start(&l);
	limiter_seal(&l);
	char page[LIMITER_PAGE] = {0};
	memcpy(page, &l, sizeof l);
	CHECK(limiter_read(&other, (struct slice){page, sizeof page}));
	CHECK(!limiter_read(&other, (struct slice){page, sizeof l - 1}) &&
	      !limiter_read(&other, (struct slice){NULL, 0}));
	for (size_t i = 0; i < sizeof l; i += 7) {
		page[i] ^= 1;
		CHECK(!limiter_read(&other, (struct slice){page, sizeof page}));
		page[i] ^= 1;
	}
}

static void
test_clock(void)
{
	limiter_start(&l);
	int64_t now = limiter_clock(&l, "a", 5000, 1000000);
	CHECK(limiter_clock(&l, "a", 5100, 0) == now + 100);
	/* A wall clock that is set does not matter within a boot. */
	CHECK(limiter_clock(&l, "a", 5200, 2000000) == now + 200);
	/* Another boot: the steady clock begins anew, ten seconds passed on the wall. */
	CHECK(limiter_clock(&l, "b", 30, 2010000) == now + 10200);
	CHECK(limiter_clock(&l, "b", 31, 2010001) == now + 10201);
	/* A wall clock that went back: no time passed. */
	CHECK(limiter_clock(&l, "c", 7, 5) == now + 10201);
	/* It never goes back. */
	CHECK(limiter_clock(&l, "c", 1, 5) == now + 10201 &&
	      limiter_clock(&l, "c", 3, 5) == now + 10203);
}

static void
test_window(void)
{
	limiter_start(&l);
	for (uint64_t id = 1; id <= 3; id++)
		CHECK(ask(3, 1000, id, 100) == 0);
	CHECK(ask(3, 1000, 4, 150) == 950);
	/* Not answered yet: it may have been on its way for a while. */
	CHECK(ask(3, 1000, 4, 1100) == 250);
	answer(0, 130);
	CHECK(ask(3, 1000, 4, 1110) == 20);
	CHECK(ask(3, 1000, 4, 1130) == 0);
	/* An answer that took long does not stretch the window by more than a quarter of it. */
	answer(1, 9000);
	CHECK(ask(3, 1000, 5, 1349) == 1 && ask(3, 1000, 5, 1350) == 0);
}

static void
test_order(void)
{
	limiter_start(&l);
	CHECK(ask(1, 1000, 1, 100) == 0);
	answer(0, 100);
	CHECK(ask(1, 1000, 2, 200) == 900 && ask(1, 1000, 3, 300) == 1800);
	/* One that comes just when there is room waits for those before it. */
	CHECK(ask(1, 1000, 4, 1100) == 2000);
	CHECK(ask(1, 1000, 2, 1100) == 0);
	answer(1, 1100);
	/* The third was killed: the fourth takes its place a little later. */
	CHECK(ask(1, 1000, 4, 3100) == 0 || ask(1, 1000, 4, 3101) == 0);
	CHECK(l.n_waiters == 0);
}

static void
test_queue_is_full(void)
{
	limiter_start(&l);
	CHECK(ask(1, 10, 1, 100) == 0);
	answer(0, 100);
	for (uint64_t id = 2; id < 300; id++)
		CHECK(ask(1, 10, id, 101) > 0);
	CHECK(l.n_waiters == LIMITER_WAITERS);
	CHECK(ask(1, 10, 2, 110) == 0 && l.n_waiters == LIMITER_WAITERS - 1);
	CHECK(ask(1, 10, 299, 110) > 0 && l.n_waiters == LIMITER_WAITERS);
}

static void
test_budgets(void)
{
	struct limiter_budget mine = {.limit = 10, .period = 1000}, other;
	limiter_start(&l);
	CHECK(ask(2, 1000, 1, 100) == 0 &&
	      !limiter_other(&l, &(struct limiter_budget){2, 1000, 0}, 100, &other));
	CHECK(ask(10, 1000, 2, 100) == 0);
	/* The smaller one counts for both, as long as it is in use. */
	CHECK(limiter_other(&l, &mine, 100, &other) && other.limit == 2);
	CHECK(ask(10, 1000, 3, 100) == 1000);
	CHECK(!limiter_other(&l, &mine, 100000, &other));
	for (uint64_t id = 4; id < 14; id++)
		CHECK(ask(10, 1000, id, 100000) == 0);
	CHECK(ask(10, 1000, 14, 100000) == 1000);
	/* A ninth budget takes the place of the oldest. */
	for (int64_t i = 0; i < 20; i++)
		ask(1000 + i, 1000, (uint64_t)(100 + i), 200000 + i);
	CHECK(l.budgets[0].limit != 0);
}

static void
test_hold(void)
{
	limiter_start(&l);
	CHECK(ask(5, 1000, 1, 100) == 0);
	limiter_hold(&l, 30100);
	limiter_hold(&l, 20000);
	CHECK(ask(5, 1000, 2, 100) == 30000);
	for (uint64_t id = 2; id < 7; id++)
		CHECK(ask(5, 1000, id, 30100) == 0);
	CHECK(ask(5, 1000, 7, 30100) == 1000);
}

static uint64_t random_state = 42;

static int64_t
dice(int64_t sides)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((random_state >> 33) % (uint64_t)sides);
}

/*
 * 20 processes, some killed at any moment: the server, where a request arrives between
 * its sending and its answer, never counts more than the limit in any period.
 */
static void
test_many(void)
{
	enum { PROCESSES = 20, LIMIT = 5, PERIOD = 1000, STEPS = 40000, MOST = 4000 };
	static int64_t arrived[MOST];
	struct {
		int64_t wake, answer;
		uint64_t id, number;
		bool waits;
		unsigned sent;
	} p[PROCESSES] = {0};
	size_t n = 0;
	uint64_t next_id = 1;
	limiter_start(&l);
	for (int64_t now = 1; now <= STEPS; now++)
		for (size_t i = 0; i < PROCESSES; i++) {
			if (p[i].answer == now)
				answer(p[i].number, now);
			if (now < p[i].wake || now < p[i].answer)
				continue;
			if (!dice(200)) { /* killed; another one begins */
				p[i].waits = false;
				p[i].wake = now + dice(500);
				continue;
			}
			p[i].id = p[i].waits ? p[i].id : next_id++;
			struct limiter_budget b = {.limit = LIMIT, .period = PERIOD};
			int64_t wait = limiter_ask(&l, &b, p[i].id, now, get, NULL, &p[i].number);
			p[i].waits = wait > 0;
			p[i].wake = now + wait + dice(20); /* late by the scheduler */
			if (wait)
				continue;
			ring[p[i].number % LIMITER_RING] = (struct limiter_request){.sent = now};
			int64_t flight = dice(5) ? dice(60) : dice(250);
			p[i].answer = now + flight + 1 + dice(400);
			p[i].wake = p[i].answer;
			p[i].sent++;
			if (n < MOST)
				arrived[n++] = now + flight;
		}
	size_t too_many = 0;
	for (size_t i = 0; i < n; i++) {
		size_t within = 0;
		for (size_t k = 0; k < n; k++)
			within += arrived[k] >= arrived[i] && arrived[k] < arrived[i] + PERIOD;
		too_many += within > LIMIT;
	}
	CHECK(too_many == 0);
	/* The budget is used, and everybody gets a share of it. */
	CHECK(n > (size_t)STEPS / PERIOD * LIMIT * 7 / 10);
	for (size_t i = 0; i < PROCESSES; i++)
		CHECK(p[i].sent >= n / PROCESSES / 2 && p[i].sent <= n / PROCESSES * 2);
}

int
main(void)
{
	test_head();
	test_clock();
	test_window();
	test_order();
	test_queue_is_full();
	test_budgets();
	test_hold();
	test_many();
	return unit_done("limiter");
}
