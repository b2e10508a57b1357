/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_SLOTS_H
#define COMMON_BATCH_SLOTS_H

#include "common/batch/schedule.h"

/*
 * The state of each slot of a batch: the times for which it should have run.
 * Times are milliseconds since 1970.
 *
 * A slot is good when one of its runs succeeded. It is missing when it was due
 * more than "late" ago and has no run. It is late when that time has passed and
 * its runs are still running or have only failed. Without a schedule no slot is
 * missing or late.
 */

enum slot_state {
	SLOT_NONE, /* before the first run of the batch: nothing is known */
	SLOT_DUE,  /* its time has come, but it is not late yet */
	SLOT_RUNNING,
	SLOT_OK,
	SLOT_WARNED,
	SLOT_FAILED,
	SLOT_TIMEOUT,
	SLOT_CANCELED,
	SLOT_LOST,
	SLOT_MISSING,
	SLOT_STATES
};

/* "ok", "failed", ...; those of runs are the words of the history. */
extern const char *const slot_state_names[SLOT_STATES];

/* The state of a run; a word that is not known counts as failed. */
enum slot_state slot_state_of(struct slice word);
bool slot_state_is_good(enum slot_state state);
/* failed, timeout, canceled, lost or missing */
bool slot_state_is_bad(enum slot_state state);

struct slot_run {
	int64_t slot;
	int64_t started;
	enum slot_state state;
	struct slice from, to; /* the window: off the schedule runs of one slot may differ in it */
};

enum {
	SLOT_LATE = 60 * 60 * 1000
}; /* milliseconds after which a slot is late, if the head gives none */

struct slot {
	int64_t time;
	enum slot_state state;
	bool late;   /* running or failed, and the time has passed */
	size_t run;  /* index of the run that decides the state; meaningless if runs is 0 */
	size_t runs; /* how many runs it has */
};

struct slots_question {
	const struct schedule
	    *schedule; /* NULL: the batch has none, its slots are those of its runs */
	const struct zone *zone;
	int64_t now, late;
	const struct slot_run *runs; /* in the order in which they started */
	size_t n;
};

/* The last slots, at most max of them, into out in the order of their time. Returns how many. */
size_t slots_last(const struct slots_question *q, struct slot *out, size_t max);

/*
 * The slots beside those shown whose runs were off the schedule (backfills, runs by hand: another
 * slot was due already when they started), have no good run and began at the time since or
 * later: at most max, the last ones. A batch without a schedule has none.
 */
size_t slots_off_schedule(const struct slots_question *q, const struct slot *shown, size_t shown_n,
    int64_t since, struct slot *out, size_t max);

/* The first slot after now; false without a schedule. */
bool slots_next(const struct slots_question *q, int64_t *at);

#endif
