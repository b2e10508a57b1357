/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_FEED_H
#define STAGES_FETCH_API_FEED_H

#include "stages/fetch-api/task.h"

/*
 * Makes the next task out of the input; without --each there are only those of the
 * window. False after the last one. State and coverage of the input that come before it
 * are passed on.
 */
bool feed_next(struct task *t);
/* Whether feed_next will not wait for the input. */
bool feed_is_ready(void);

#endif
