/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_RUNS_H
#define STAGES_DEDUPE_RUNS_H

#include "stages/dedupe/external_dedupe.h"

/*
 * Sends the records of all runs in the order of their numbers, then the items
 * held back.
 */
void runs_send(struct external_dedupe *w);

#endif
