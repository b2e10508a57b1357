/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_COVERAGE_MAP_H
#define STAGES_NORMALIZE_COVERAGE_MAP_H

#include "common/text/bytes.h"
#include "stages/normalize/spec.h"

/*
 * Appends a coverage item of the input as the output needs it: a field that became
 * exactly one other is called by that one's name, and its bounds went through the
 * same rules. All else stays as it is. Dies when a bound does not fit.
 */
void coverage_map(struct spec *specs, size_t n, struct slice item, struct buf *out);

#endif
