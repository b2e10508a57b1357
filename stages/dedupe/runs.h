/* SPDX-License-Identifier: MIT */
#ifndef DEDUPE_RUNS_H
#define DEDUPE_RUNS_H

#include "stages/dedupe/work.h"

/* Sends the records of all runs in the order of their numbers, and then what was held back. */
void runs_send(struct work *w);

#endif
