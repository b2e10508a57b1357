/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_WINDOWS_H
#define STAGES_FETCH_API_WINDOWS_H

#include "common/text/bytes.h"

/* The window of one task: the values of {from} and {to}, msgpack; n == 0: those of the options. */
struct window {
	struct buf from, to;
};

/* The windows of one input record, one task for each. */
struct windows {
	bool done;
};

void windows_begin(struct windows *w);
/* Sets the next window; false after the last one. */
bool windows_next(struct windows *w, struct window *window);

#endif
