/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SHOW_DATAPIPELINE_SHOW_H
#define BATCH_SHOW_DATAPIPELINE_SHOW_H

#include "common/datapipeline/recurrence.h"
#include "common/datapipeline/resolve.h"

/* The times at which an activity runs. */
struct times {
	bool on_demand; /* at its activation only */
	bool at_end;    /* timeseries: a run begins at the end of its interval */
	struct dp_recurrence recurrence;
	int64_t count;      /* of runs; -1: without an end */
	bool guessed_start; /* the schedule begins with the first activation, which is not known */
};

/*
 * The times of an object's schedule. activated is the first activation, or at if that is not
 * known. NULL, or why it cannot be read (a sentence part).
 */
const char *times_of(
    const struct dp_definition *d, const struct dp_object *o, int64_t activated, struct times *t);

/* When the run with this number begins. */
int64_t times_begin(const struct times *t, int64_t n);

/* One value after its expressions are expanded, and their mistakes. */
struct expanded {
	struct buf text;
	struct dp_faults faults;
	bool is_open; /* an expression is left whose value only the service knows */
};

void expand_field(struct dp_run *run, struct slice value, struct expanded *e);

#endif
