/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_EXPRESSION_H
#define COMMON_DATAPIPELINE_EXPRESSION_H

#include "common/text/bytes.h"

/*
 * The expressions of AWS Data Pipeline: "#{format(plusHours(@scheduledStartTime,9),'YYYY-MM-dd')}"
 * in a string. Times are UTC. An expression whose fields are not known yet is checked in the same
 * way, and its result is not known.
 */

enum dp_kind {
	DP_ANY, /* nothing is known of it */
	DP_STRING,
	DP_INTEGER,
	DP_DOUBLE,
	DP_TIME,
	DP_LIST, /* of strings; only a field can be one */
};

struct dp_term {
	enum dp_kind kind;
	bool known;      /* the value, too */
	struct buf text; /* DP_STRING */
	int64_t number;  /* DP_INTEGER; DP_TIME: seconds since 1970-01-01T00:00:00Z */
	double real;     /* DP_DOUBLE */
};

enum { DP_FAULT_TEXT = 320, DP_FAULTS_MAX = 8 };

struct dp_fault {
	bool is_warning;
	char text[DP_FAULT_TEXT];
};

struct dp_faults {
	struct dp_fault items[DP_FAULTS_MAX]; /* more are left out */
	size_t n;
	bool failed; /* one of them is an error */
};

void dp_faults_add(struct dp_faults *faults, bool is_warning, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Looks up a name such as "myX", "@scheduledStartTime", "*myPassword" or "input.directoryPath" and
 * fills *term, which is all zero. False if there is no such name; *why is then a static text that
 * follows the name, such as "is not a field or parameter", or NULL.
 */
typedef bool dp_lookup(void *context, struct slice name, struct dp_term *term, const char **why);

struct dp_scope {
	dp_lookup *lookup;
	void *context;
};

/*
 * Replaces the expressions of a text and appends the result. An expression whose value is not
 * known is appended as it is. False if one is wrong; then *faults has the errors. Warnings are
 * added in any case.
 */
bool dp_expand(
    struct buf *out, struct slice text, const struct dp_scope *scope, struct dp_faults *faults);

/* Whether there is an expression in the text. */
bool dp_has_expression(struct slice text);
/* The name if the text is one expression that consists of a name; else empty. */
struct slice dp_single_name(struct slice text);

void dp_term_free(struct dp_term *term);
/* Sets a string that is known. */
void dp_term_set(struct dp_term *term, struct slice text);

#endif
