/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FILTER_POSITIONS_H
#define STAGES_FILTER_POSITIONS_H

#include "common/program/options.h"

/* The records of --record, by their numbers in the input, from 1. */

/* Reads "5", "5-9" and "5-", separated by commas. Dies with STATUS_USAGE on anything else. */
void positions_add(const char *text);
/* After the last one. True if there are any. */
bool positions_ready(void);
/* Whether the record is one of them. Numbers must ascend from call to call. */
bool positions_has(uint64_t number);
/* After the last record: dies with STATUS_DATA if one was asked for that the input, of n records, does not have. */
void positions_check(uint64_t n);

#endif
