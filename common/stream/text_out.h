/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_TEXT_OUT_H
#define COMMON_STREAM_TEXT_OUT_H

#include "common/stream/stream.h"

/*
 * Standard output of a stage that writes text (to-json, to-csv, to-table). Text
 * is appended to the buffer and written in blocks. Complete text is written
 * before the stage waits for input, and when it fails, so that a pipe shows the
 * records that have passed. Text has no seal: only the exit status shows that
 * it is complete.
 */
struct text_out;

/* The one text output of the process. Dies with STATUS_TRY_AGAIN if out of memory. */
struct text_out *text_out_open(void);

/* The buffer to append to. The two next calls check for a failed append. */
struct buf *text_out_buf(struct text_out *t);

/*
 * Marks the appended text as one more whole record; may write it. Dies if an
 * append failed.
 */
void text_out_record(struct text_out *t);

/* Marks the appended text as whole but not a record (a header line, a bracket). */
void text_out_other(struct text_out *t);

/*
 * Sets a function that is called before the last write if this stage or an
 * earlier one fails. append adds the whole text that the stage still holds; it
 * must not fail itself.
 */
void text_out_before_failure(void (*append)(void));

/*
 * Ends the stage successfully: writes the rest, closes standard output, checks
 * both, and calls stream_finish for the input, which has ended.
 */
void text_out_finish(struct text_out *t, struct stream_in *in);

#endif
