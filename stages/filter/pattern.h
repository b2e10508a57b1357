/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FILTER_PATTERN_H
#define STAGES_FILTER_PATTERN_H

#include "common/text/bytes.h"

/* Regular expressions of "matches", by PCRE2 with its just-in-time compiler. */

/* Lives as long as the process. Dies with STATUS_USAGE if text is not a regular expression. */
void *pattern_compile(struct slice text);
/* Dies with STATUS_DATA if the expression takes too many steps on the text. */
bool pattern_match(void *pattern, struct slice text);

#endif
