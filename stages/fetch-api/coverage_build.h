/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_COVERAGE_BUILD_H
#define STAGES_FETCH_API_COVERAGE_BUILD_H

#include "common/text/bytes.h"

/*
 * Coverage: the windows that the records cover completely (mam-stream(5)).
 * Items are kept until everything has succeeded. So are those of the input,
 * because they describe the result of this stage.
 */

/* Reads --cover. */
void coverage_init(void);
/* One request with all its pages is done; files have no number of records (counted false). */
void coverage_note(uint64_t records, bool counted);
/* A coverage item of the input. */
void coverage_pass(struct slice item);
/* The request of the current record was ignored, or its records are not all: its window is not covered. */
void coverage_leave_out(void);
/* Sends the kept items, except windows that share a row with one that was left out. */
void coverage_send(void);

#endif
