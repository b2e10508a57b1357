/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_CAPTURE_H
#define COMMON_STREAM_CAPTURE_H

#include "common/text/bytes.h"

/*
 * A copy of a stream on disk, for run-batch (mam-run(5)). With MAM_CAPTURE_DIR
 * set, a stage that fetches copies its output, and a loader its input, to
 * STAGE.mam in that folder, at most MAM_CAPTURE_MAX bytes of it. A copy that
 * was cut has no seal, so it never loads. If the copy cannot be written, a
 * message reports it, the copy ends, and the stage continues.
 */
struct capture {
	bool on; /* false: nothing is copied; an all-zero capture is off */
	int fd;
	int64_t left;
};

/* prefix: of the programs that are copied here, such as "load-". */
void capture_open(struct capture *c, const char *prefix);
void capture_put(struct capture *c, const char *p, size_t n);

#endif
