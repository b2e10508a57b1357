/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_MISSING_H
#define COMMON_STREAM_MISSING_H

#include "common/record/record.h"

/*
 * For the message about a source that the input does not have: the names that it does have, so
 * that the right one is in view.
 */

/* Keeps the names of a record (a map). Only the first call does anything. */
void missing_keep_names(struct slice record);
/* The same for a schema; each one replaces the names before. */
void missing_keep_schema(const struct schema *schema);

/* "; the input has \"a\", \"b\" and 7 more, did you mean \"b\"?"; empty if no names were kept. Lives for ever. */
const char *missing_explain(struct slice source);

/* The same for n names that the caller has; intro begins it: "; it has ". */
const char *missing_among(
    const char *intro, struct slice name, const struct slice *names, size_t n);

#endif
