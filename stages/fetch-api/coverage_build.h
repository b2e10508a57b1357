/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_COVERAGE_BUILD_H
#define STAGES_FETCH_API_COVERAGE_BUILD_H

#include "common/text/bytes.h"

/*
 * Coverage: the windows that the records cover completely (mam-stream(5)).
 * Items are kept until everything has succeeded. So are those of the input,
 * because they describe the result of this stage.
 */

/* Of one task. All zeros: nothing. */
struct coverage_notes {
	struct buf items;    /* to send */
	struct buf windows;  /* of the items, one after the other */
	struct buf left_out; /* windows */
	uint64_t records;
	bool uncounted;  /* the number of records is not known */
	bool incomplete; /* records are missing */
};

/* Reads --cover. */
void coverage_init(void);
/* The current task is done, all pages of it; files have no number of records (counted false). */
void coverage_note(uint64_t records, bool counted);
/* Takes the notes of a task that is done, in the order of the input, and empties them. */
void coverage_join(struct coverage_notes *notes);
void coverage_clear(struct coverage_notes *notes);
/* A coverage item of the input. */
void coverage_pass(struct slice item);
/* The record of the current task is left out by --skip-without: its window is covered, by no records. */
void coverage_skip(void);
/* The request of the current task was ignored, or its records are not all: its window is not covered. */
void coverage_leave_out(void);
/* Sends the kept items, except windows that share a row with one that was left out. */
void coverage_send(void);

#endif
