/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_LINT_IMPL_H
#define COMMON_DATAPIPELINE_LINT_IMPL_H

#include "common/datapipeline/lint.h"
#include "common/datapipeline/types.h"

enum { DP_ERROR, DP_WARNING };

/* Reports one finding; object and field may be NULL. */
void lint_add(struct dp_lint *lint, int severity, const struct dp_object *object,
    const struct dp_field *field, const char *rule, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* The rules of values: kinds of fields, limits, expressions. */
void lint_values(struct dp_lint *lint, const struct dp_object *object, const struct dp_type *type);
/* The rules of one type, and of objects that work together. */
void lint_object(struct dp_lint *lint, const struct dp_object *object, const struct dp_type *type);
void lint_parameters(struct dp_lint *lint);

/* Whether the expression's value, or the text itself, may be one of a period, a number, ... */
bool lint_is_open(struct slice value);
/* A field's value after its parameters are put in; false if it is not known before a run. */
bool lint_value(const struct dp_lint *lint, const struct dp_object *object,
    const struct dp_field *field, struct buf *value);
/* A period field's seconds; -1 if the object has none, or it is not known. */
int64_t lint_period(const struct dp_lint *lint, const struct dp_object *object, const char *key);
bool lint_is_on_demand(const struct dp_lint *lint);
bool lint_is_user_name(struct slice name);

#endif
