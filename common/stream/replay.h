/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_REPLAY_H
#define COMMON_STREAM_REPLAY_H

#include "common/stream/stream.h"

/*
 * With MAM_REPLAY set (run-batch --replay), gives the stream that was captured of this stage instead
 * of sending requests: STAGE.mam in the folder MAM_REPLAY, or the file MAM_REPLAY. Reads its own input
 * to the end first when each is true, so that a failure before it is not hidden. False if it is not set.
 */
bool replay(struct stream_out *out, bool each);

#endif
