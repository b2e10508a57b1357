/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CHECK_HOST_PROBE_H
#define BATCH_CHECK_HOST_PROBE_H

#include "common/text/bytes.h"

/* The end of another program, and what it wrote. All zero before the first run; it is reused. */
struct probe {
	int exit; /* its exit status; -1: it was ended by a signal, ran too long or did not start */
	int error;      /* errno if it could not be started, else 0 */
	bool late;      /* it ran too long, and was killed */
	struct buf out; /* its standard output */
	struct buf err; /* its standard error */
};

/*
 * Runs argv[0], a path or a name on PATH, with standard input from /dev/null. True if it exited with 0.
 * Output beyond 1 MiB is not kept.
 */
bool probe_run(struct probe *r, const char *const *argv, int64_t milliseconds);

void probe_free(struct probe *r);

/* The last line of its standard error, or a sentence about its end. Lives until the next call. */
const char *probe_reason(const struct probe *r);

#endif
