/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_INCLUDE_H
#define STAGES_FETCH_API_INCLUDE_H

#include "common/text/bytes.h"

/* The fields of --include, which all records of a task have besides their own. */

/* Reads --include; after lineage_init(). */
void include_init(void);
size_t include_count(void);
bool include_has(struct slice name);
/* Makes them for the current task and its window. */
void include_make(void);

#endif
