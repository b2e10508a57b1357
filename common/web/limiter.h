/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_LIMITER_H
#define COMMON_WEB_LIMITER_H

#include "common/text/bytes.h"

/*
 * One budget of requests for many processes, kept in a file that each of them locks for
 * the time of one call. Pure: the caller reads and writes the bytes. Times are
 * milliseconds of the limiter's own clock.
 *
 * The file is the head, one page, and then a ring of the last requests. The head is
 * written at once, within a page, so a process that is killed leaves the old or the new
 * one. Of the ring one entry is written before the head: where the head does not follow,
 * the budget is smaller by one request for one period, and never larger.
 */

enum {
	LIMITER_PAGE = 4096,
	LIMITER_RING = 131072, /* entries; more than the largest budget has requests */
	LIMITER_WAITERS = 128,
	LIMITER_BUDGETS = 8,
	LIMITER_BOOT = 40, /* bytes that name a boot of the machine at most */
};

/* One request. Until it is answered, when the server counted it is not known. */
struct limiter_request {
	int64_t sent;
	int64_t answered; /* 0: not yet */
};

/* At most limit requests in any period. */
struct limiter_budget {
	int64_t limit, period;
	int64_t used; /* when somebody last asked with it */
};

/* A request that waits for its turn; it is out of the queue a second after it did not come. */
struct limiter_waiter {
	uint64_t id;
	int64_t wake;
};

struct limiter {
	char magic[16];
	char boot[LIMITER_BOOT];
	int64_t base;            /* the limiter's clock minus the clock of this boot */
	int64_t last, last_wall; /* the last call: by the limiter's clock, and on the wall */
	uint64_t count;          /* requests so far */
	int64_t not_before;      /* the end of a pause that the server asked for */
	struct limiter_budget budgets[LIMITER_BUDGETS];
	struct limiter_waiter waiters[LIMITER_WAITERS]; /* in the order of their coming */
	uint64_t n_waiters;
	uint64_t hash; /* of all before */
};

/* An empty one. */
void limiter_start(struct limiter *l);
/* From the bytes of the head; false if they are not one, or are damaged. */
bool limiter_read(struct limiter *l, struct slice page);
/* Sets the hash, before it is written. */
void limiter_seal(struct limiter *l);

/*
 * The limiter's clock: it goes on with `steady` (a clock of this boot), and from one boot
 * to the next with the wall clock, if that has not gone back.
 */
int64_t limiter_clock(struct limiter *l, const char *boot, int64_t steady, int64_t wall);

/* Reads entry number % LIMITER_RING of the ring. */
typedef struct limiter_request limiter_get(void *context, uint64_t number);

/*
 * May the request of waiter id (a random number, the same for each call about one
 * request) be sent now, with at most limit requests in period? 0: yes, it is counted,
 * and the caller writes {now, 0} as entry *number of the ring, then the head. Else how
 * long to wait before the next call. Requests come in the order in which they first
 * asked. If others use another budget at the same time, both are kept.
 */
int64_t limiter_ask(struct limiter *l, const struct limiter_budget *budget, uint64_t id,
    int64_t now, limiter_get *get, void *context, uint64_t *number);

/* Whether another budget than this one is in use as well; *other is it. */
bool limiter_other(const struct limiter *l, const struct limiter_budget *budget, int64_t now,
    struct limiter_budget *other);

/* No request before this time. */
void limiter_hold(struct limiter *l, int64_t until);

#endif
