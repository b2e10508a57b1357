/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TRACE_FILE_H
#define STAGES_FETCH_API_TRACE_FILE_H

#include "common/text/bytes.h"

/*
 * A HAR file that is complete after each entry: an entry is written in place of the file's end,
 * with a new end, under a lock, so that a run that is killed leaves the entries before, and the stages of a batch
 * may share one file.
 */

/* Opens it; empty from now on, or (add) after the entries that are there. Dies with STATUS_IO, or STATUS_CONFIG when it holds something else. */
void trace_file_open(const char *path, bool add);
/* Appends one entry, a line; dies with STATUS_IO if that cannot be, and leaves the file as it was. */
void trace_file_append(struct slice entry);

#endif
