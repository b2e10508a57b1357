/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_OBSERVE_H
#define COMMON_STREAM_OBSERVE_H

#include "common/record/control.h"
#include "common/stream/stream.h"

/*
 * For a stage that reports about the stream itself: the items that stream_next takes
 * without handing them out, when they were checked. They are valid during the call.
 */
struct stream_observer {
	void (*header)(const struct header *header);
	void (*seal)(const struct seal *seal);
	/* Called before the process ends with the abort's status. */
	void (*aborted)(const struct abort_note *note);
};

/* The observer must live as long as the input. */
void stream_in_observe(struct stream_in *in, const struct stream_observer *observer);

/* Bytes of the input before the next item: where it begins. */
uint64_t stream_in_position(const struct stream_in *in);

#endif
