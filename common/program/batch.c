/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "common/program/batch.h"
#include "common/program/message.h"

void
batch_follow(void)
{
	const char *text = getenv("MAM_BATCH_PID");
	if (!text)
		return;
	int64_t pid;
	if (!parse_integer(slice_of(text), 1, INT_MAX, &pid))
		die(STATUS_CONFIG, "MAM_BATCH_PID=%s is not a process id", quoted(slice_of(text)));
	if (prctl(PR_SET_PDEATHSIG, SIGTERM))
		die_errno(STATUS_IO, "cannot follow the batch");
	/* The batch may have died before the kernel knew that we follow it. */
	if (kill((pid_t)pid, 0) && errno == ESRCH)
		raise(SIGTERM);
}
