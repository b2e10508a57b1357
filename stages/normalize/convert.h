/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_CONVERT_H
#define STAGES_NORMALIZE_CONVERT_H

#include "common/record/mp.h"
#include "stages/normalize/spec.h"

/* Why a value does not fit: the rule or type that refused it, and what completes "VALUE …". */
struct reject_reason {
	const char *rule;
	char text[200];
};

/*
 * Appends v (null where there is none) as the field's type and rules have it, and
 * counts what was changed. False with *why set when it does not fit.
 */
bool convert(struct spec *s, const struct value *v, struct buf *out, struct reject_reason *why);

/* Whether --null or null= makes v a null. */
bool convert_is_null(const struct spec *s, const struct value *v);

/*
 * The parts of it; v is not a null, and not of a type that is copied. text is
 * v's, trimmed, or p NULL.
 */
bool convert_number(struct spec *s, const struct value *v, struct slice text, struct buf *out,
    struct reject_reason *why);
bool convert_time(struct spec *s, const struct value *v, struct slice text, struct buf *out,
    struct reject_reason *why);

/* The text of a number, by the rules of its spelling, as a valid decimal. */
bool number_text(
    struct spec *s, struct slice text, struct slice *digits, struct reject_reason *why);

/* Sets *why and returns false. */
bool reason(struct reject_reason *why, const char *rule, const char *text);
/* "is not a decimal" */
bool reason_type(struct reject_reason *why, enum value_type type);

#endif
