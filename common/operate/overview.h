/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_OVERVIEW_H
#define COMMON_OPERATE_OVERVIEW_H

#include "common/batch/slots.h"
#include "common/operate/batches.h"
#include "common/operate/history.h"

/*
 * All batches side by side: the settings of their heads, and their runs from
 * the history. Times are milliseconds since 1970, 0 if unknown.
 */

enum {
	OVERVIEW_RUNS_MAX = 1000,     /* of one batch that are kept, the last ones */
	OVERVIEW_BATCHES_MAX = 20000, /* with those that only the history knows */
	OVERVIEW_TEXT_MAX = 500,      /* bytes of a text of a run */
	OVERVIEW_SLOTS_MAX = 60,
};

struct past_run {
	int64_t slot, started, ended;
	enum slot_state state;
	struct slice text[RUN_TEXTS]; /* as in the record; RUN_STAGES is left out */
	int64_t number[RUN_NUMBERS];  /* -1: not known */
	char *memory;                 /* of the texts */
};

struct overview_batch {
	struct slice name;
	const struct batch *file; /* NULL: only the history knows it */
	struct buf mistake; /* in its head, or its name: why run-batch refuses it; empty: none */
	bool scheduled;
	struct schedule schedule;
	const struct zone *zone; /* of the schedule, else UTC */
	int64_t late;
	int64_t next; /* the next slot */

	struct past_run *runs; /* in the order in which they started */
	size_t n;
	struct slot_run *brief; /* the same runs, for slots.h */

	struct slot slots[OVERVIEW_SLOTS_MAX]; /* the last ones, in their order */
	size_t slots_n;
	struct slot off[OVERVIEW_SLOTS_MAX]; /* open ones off the schedule, the last one first */
	size_t off_n;
};

struct overview {
	int64_t now, since;
	struct overview_batch *items; /* by name */
	size_t n;
	size_t names_left_out; /* batches of the history beyond OVERVIEW_BATCHES_MAX */
};

/*
 * Reads all runs that started in the last so many days, and for a schedule whose last slots are
 * older than that, those too. The batches must live as long. False: the history's error is set.
 */
bool overview_read(
    struct overview *o, struct history *h, const struct batches *files, size_t slots, int64_t days);

/* The records that reached the loaders, else the rows they wrote; -1 if neither is known. */
int64_t past_run_rows(const struct past_run *r);

/*
 * The last slot that is decided or late, so that a run that has just begun does
 * not hide it; NULL without one.
 */
const struct slot *overview_last(const struct overview_batch *b);

/* The database and table: of the head, else of the last run. */
struct slice overview_target(const struct overview_batch *b);

#endif
