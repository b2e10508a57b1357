/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FILTER_COVERAGE_H
#define STAGES_FILTER_COVERAGE_H

#include "common/record/predicate.h"

/*
 * Whether a coverage item's window is still complete after the filter: the conditions
 * hold for every record that can be in it. types: of the predicate's fields, as far as
 * they are known. Dies with STATUS_INCOMPLETE if the item is malformed.
 */
bool coverage_whole(const struct predicate *p, struct slice item, const enum value_type *types);

#endif
