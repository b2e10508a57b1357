/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SOURCE_H
#define COMMON_STREAM_SOURCE_H

#include "common/program/options.h"
#include "common/stream/stream.h"

/*
 * The bytes that a from-… stage decodes: raw standard input, a stream of byte
 * chunks, or the output of a command that the stage runs itself.
 *
 * A byte-chunk stream (mam-stream(5), "BYTE CHUNKS"): a schema whose first field
 * is ["chunk","bytes"]. Each schema item begins a new file; further fields are
 * the same in all chunks of that file and are to be put into every record that
 * the file gives (fetch-api --include).
 */
struct source;

/* The rows of --allow-empty and --dry-run; put into the tables of every from-… stage. */
extern const struct option_row source_options[];

/*
 * Opens standard input, or starts the command (operands.command, may be NULL) with
 * its standard output as our input. Looks at the first bytes: a stream that is
 * not one of byte chunks dies with STATUS_DATA ("holds records already").
 * The header of the stage's own output is written by this call.
 */
struct source *source_open(const struct operands *operands, struct stream_out *out);

/* Goes to the next file. False when there is none: the input ended well (sealed, or end of file). */
bool source_next_file(struct source *s);

/*
 * Up to cap bytes of the current file; 0 at its end. Flushes out before it
 * blocks. Dies when the stream is cut (76), the command failed (its status if from sysexits, else 76).
 */
size_t source_read(struct source *s, char *p, size_t cap);

/* The fields beside chunk of the current file, and their values. n is 0 for raw input. */
const struct record *source_extra(const struct source *s);
/* Their types, in the same order. */
const struct schema *source_extra_schema(const struct source *s);

/*
 * To be called when the input has ended: an unsealed input of nothing but white
 * space is an error (STATUS_INCOMPLETE: its writer may have died) unless
 * --allow-empty or the stage saw data (any is true).
 */
void source_check_empty(const struct source *s, bool any);

/* --allow-empty was given: an answer without its record path is nothing, too. */
bool source_allow_empty(void);

/* What to give to stream_finish as its in: NULL for raw input, which has no seal. */
struct stream_in *source_stream(const struct source *s);

#endif
