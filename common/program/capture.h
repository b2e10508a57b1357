/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_CAPTURE_H
#define COMMON_PROGRAM_CAPTURE_H

#include "common/program/failure.h"
#include "common/text/bytes.h"

/*
 * Runs a command by the shell and appends its standard output to out. Its standard input is
 * /dev/null, its standard error is ours; it ends when we do. False with the failure set when
 * it cannot be started, exits with another status than 0 (a status of sysexits(3) becomes
 * ours, any other is STATUS_CONFIG), is ended by a signal, runs longer than max_time
 * milliseconds, or writes more than out->max bytes. The output is never in the failure.
 */
bool capture(const char *command, int64_t max_time, struct buf *out, struct failure *f);

#endif
