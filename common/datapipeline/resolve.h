/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_RESOLVE_H
#define COMMON_DATAPIPELINE_RESOLVE_H

#include "common/datapipeline/definition.h"

/* The names in the expressions of one object, and their values for one run. */
struct dp_run {
	const struct dp_definition *d;
	const struct dp_object *object;
	const struct dp_object
	    *node;                /* that an SnsAlarm or a precondition is for; NULL: not known */
	bool has_times;           /* start and end are known */
	int64_t start, end;       /* the run's interval, seconds since 1970 */
	struct slice pipeline_id; /* empty: not known */
	unsigned depth;           /* fields within fields that are being expanded */
	unsigned spent;           /* fields that were expanded so far */
	bool loops;               /* a field led back to itself */
};

/* A dp_lookup; the context is a struct dp_run. */
bool dp_run_lookup(void *context, struct slice name, struct dp_term *term, const char **why);

/* Expands a text as a field of the run's object. */
bool dp_run_expand(
    struct dp_run *run, struct buf *out, struct slice text, struct dp_faults *faults);

/* Whether the service fills a field of this name at run time. */
bool dp_is_runtime_field(struct slice name);

#endif
