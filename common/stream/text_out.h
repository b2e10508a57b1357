/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_TEXT_OUT_H
#define COMMON_STREAM_TEXT_OUT_H

#include "common/stream/stream.h"

/*
 * Standard output of a stage that writes text (to-json, to-csv, to-table). Text
 * is appended to the buffer and written in blocks; before the stage waits for more
 * input, and where it fails, what is whole is written, so that a pipe shows what
 * came through it. Text has no seal: only the exit status tells that all of it came.
 */
struct text_out;

/* The one text output of the process. Dies with STATUS_TRY_AGAIN when there is no memory. */
struct text_out *text_out_open(void);

/* Where the next text is to be appended. What buf_put and its kind fail at is found by the two calls below. */
struct buf *text_out_buf(struct text_out *t);

/* What was appended is whole, and is one more record; may write it. Dies when the buffer has failed. */
void text_out_record(struct text_out *t);

/* What was appended is whole, and no record (a line of names, a bracket). */
void text_out_other(struct text_out *t);

/*
 * Ends the stage well: writes the rest, closes standard output, checks both, and
 * calls stream_finish for the input, which has ended.
 */
void text_out_finish(struct text_out *t, struct stream_in *in);

#endif
