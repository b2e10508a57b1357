/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_LINT_H
#define COMMON_DATAPIPELINE_LINT_H

#include "common/datapipeline/definition.h"

/*
 * The rules of a pipeline definition: those that the service checks when a definition is put, those
 * that it notices only when a run is due, and traps that it never notices.
 */
struct dp_finding {
	bool is_warning;
	struct slice object; /* the id; of a parameter its name; empty: the definition as a whole */
	struct slice field;  /* may be empty */
	struct slice value;  /* may be empty */
	const char *rule;    /* a word for filters: "reference", "required", "period", ... */
	const char *text;    /* a sentence part: "refers to Ec2, which is not there" */
};

typedef void dp_report(void *context, const struct dp_finding *finding);

struct dp_lint {
	const struct dp_definition *d;
	dp_report *report;
	void *context;
	int64_t now;   /* seconds since 1970; a start in the past is judged by it */
	size_t errors; /* that were reported */
	size_t warnings;
};

/* Reports all findings, in the order of the objects. */
void dp_lint(struct dp_lint *lint);

#endif
