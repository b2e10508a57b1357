/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_FUNCTIONS_H
#define COMMON_DATAPIPELINE_FUNCTIONS_H

#include "common/datapipeline/expression.h"

enum { DP_ARGUMENTS_MAX = 5 };

/*
 * Calls a function of Data Pipeline's expressions. *result is all zero. False if there is no such
 * function, or the arguments do not fit it.
 */
bool dp_call(struct slice name, struct dp_term *arguments, size_t n, struct dp_term *result,
    struct dp_faults *faults);

/* left SIGN right for + - * / ^; *left becomes the result. */
bool dp_operate(char sign, struct dp_term *left, struct dp_term *right, struct dp_faults *faults);

/* Appends the value of a known term as text. */
void dp_term_put(struct buf *out, const struct dp_term *term);

#endif
