/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SOURCE_H
#define COMMON_STREAM_SOURCE_H

#include "common/program/options.h"
#include "common/stream/stream.h"

/*
 * The bytes that a from-… stage decodes: raw standard input, a stream of byte
 * chunks, or the output of a command that the stage runs itself.
 *
 * A byte-chunk stream (mam-stream(5), "BYTE CHUNKS") has a schema whose first
 * field is ["chunk","bytes"]. Each schema item begins a new file. Further
 * fields are the same in all chunks of a file and belong in every record of
 * that file (fetch-api --include).
 */
struct source;

/* The rows of --allow-empty and --dry-run, for the tables of every from-… stage. */
extern const struct option_row source_options[];

/*
 * Opens standard input, or starts operands.command (which may be NULL) and
 * reads its standard output. Looks at the first bytes: a stream of records
 * instead of byte chunks dies with STATUS_DATA ("holds records already"). Also
 * writes the header of the stage's own output. out is NULL in a stage that stores the bytes.
 */
struct source *source_open(const struct operands *operands, struct stream_out *out);

/*
 * Goes to the next file. False if there are no more: the input ended well
 * (sealed, or end of file).
 */
bool source_next_file(struct source *s);

/*
 * Reads up to cap bytes of the current file; returns 0 at its end. Flushes out
 * before it blocks. Dies if the stream is cut (76) or the command failed (its
 * own status if that is from sysexits, else 76).
 */
size_t source_read(struct source *s, char *p, size_t cap);

/* The other fields of the current file and their values. n is 0 for raw input. */
const struct record *source_extra(const struct source *s);
/* Their types, in the same order. */
const struct schema *source_extra_schema(const struct source *s);

/*
 * Call this when the input has ended. Unsealed input with only white space is
 * an error (STATUS_INCOMPLETE, its writer may have died) unless --allow-empty
 * was given or the stage saw data (any is true).
 */
void source_check_empty(const struct source *s, bool any);

/*
 * Whether --allow-empty was given. A response without its record path then
 * counts as empty, too.
 */
bool source_allow_empty(void);

/*
 * Sets a function that is called when a signal interrupts a read of the input, which then goes
 * on; it may end the process.
 */
void source_on_signal(void (*look)(void));

/*
 * Sets a function that is called before the process exits because a stage before it failed.
 * (die calls the hooks of message.h; an abort that arrives does not die.)
 */
void source_on_abort(void (*undo)(void));

/* The input to pass to stream_finish: NULL for raw input, which has no seal. */
struct stream_in *source_stream(const struct source *s);
/*
 * Whether an end of file may also mean that the writer died: raw input from a pipe or
 * socket. A stream has its seal, a command its exit status, a file its size.
 */
bool source_may_be_cut(const struct source *s);

#endif
