/* SPDX-License-Identifier: MIT */
#ifndef BATCH_RUN_BATCH_LOG_H
#define BATCH_RUN_BATCH_LOG_H

#include "common/text/bytes.h"

/*
 * The log of one run: all that the batch writes to its standard output and standard error. It is
 * bounded: after the first LOG_HEAD_MAX bytes only the last LOG_TAIL_MAX are kept.
 */
enum { LOG_HEAD_MAX = 8 * 1024 * 1024, LOG_TAIL_MAX = 1024 * 1024, LOG_LINE_MAX = 1000 };
enum { LOG_ECHO_MAX = 64 * 1024 }; /* read no more of the batch's output while so much waits */

struct log {
	int fd;          /* -1: the file could not be made; only the last line is kept */
	bool relay;      /* also to our standard error */
	struct buf echo; /* for our standard error, whose reader is slow */
	uint64_t written, left_out;
	struct buf tail;
	struct buf line,
	    last; /* the line that is being written, and the last one that is not empty */
};

void log_open(struct log *l, const char *path, bool relay);
void log_put(struct log *l, const char *p, size_t n);
/* Writes to our standard error as much as its reader takes now. Returns how much is left. */
size_t log_flush(struct log *l);
/* Whether the reader of our standard error takes a line, after a short wait. */
bool log_reader_is_there(void);
/* Writes the tail. The last line stays. */
void log_close(struct log *l);
/* The last line that is not empty, cut at LOG_LINE_MAX bytes. */
struct slice log_last_line(const struct log *l);

#endif
