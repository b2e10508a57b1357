/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_HELP_H
#define STAGES_NORMALIZE_HELP_H

#include "common/program/options.h"

/* The types and rules, for --help; tests/normalize.bats compares them with spec.h and the page. */
extern const struct help_row normalize_help[];

#endif
