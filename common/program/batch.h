/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_BATCH_H
#define COMMON_PROGRAM_BATCH_H

/*
 * Ends this stage when its batch ends, however that happens. MAM_BATCH_PID names the
 * batch's process; the kernel then sends this process SIGTERM when its parent dies
 * (prctl(2), PR_SET_PDEATHSIG), and a batch that is gone already ends it at once.
 * Does nothing when the variable is unset. Dies with STATUS_CONFIG when it is not a
 * process id. Called once by options_parse.
 */
void batch_follow(void);

#endif
