/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_CONVERT_H
#define STAGES_NORMALIZE_CONVERT_H

#include "common/record/mp.h"
#include "stages/normalize/spec.h"

/* Why a value does not fit: the rule or type that refused it, and what completes "VALUE …". */
struct misfit {
	const char *rule;
	char text[200];
};

/*
 * Appends v (null where there is none) as the field's type and rules have it, and
 * counts what was changed. False with *why set when it does not fit.
 */
bool convert(struct spec *s, const struct value *v, struct buf *out, struct misfit *why);

/*
 * The parts of it; v is not a null, and not of a type that is copied. text is
 * v's, trimmed, or p NULL.
 */
bool convert_number(
    struct spec *s, const struct value *v, struct slice text, struct buf *out, struct misfit *why);
bool convert_time(
    struct spec *s, const struct value *v, struct slice text, struct buf *out, struct misfit *why);

/* Sets *why and returns false. */
bool misfit(struct misfit *why, const char *rule, const char *text);
/* "is not a decimal" */
bool misfit_type(struct misfit *why, enum value_type type);

#endif
