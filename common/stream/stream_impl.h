/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_STREAM_IMPL_H
#define COMMON_STREAM_STREAM_IMPL_H

/* What the modules behind stream.h share among themselves; no stage includes this. */

#include "common/record/control.h"
#include "common/record/mp.h"
#include "common/record/record_check.h"
#include "common/stream/stream.h"
#include "common/text/hash.h"

struct stream_out {
	int fd;
	const char *name; /* in messages */
	struct buf b;     /* whole items only, between two calls */
	struct hash *hash;
	bool started, ended, broken;
	bool dry;
	bool schema; /* one was sent: records are arrays from now on */
	uint64_t records;
	uint64_t bytes;
};

struct stream_in {
	int fd;
	bool file; /* a regular one: it has an end, and can be read on without waiting */
	struct stream_out *out;
	char *p; /* the buffer, cap bytes */
	size_t cap;
	size_t at, n;  /* next item; end of what was read */
	size_t hashed; /* up to here the hash knows */
	/* length of the next object when stream_ahead has measured and checked it, else 0 */
	size_t ahead;
	struct mp_scan scan; /* of the next object, when it was not all there */
	struct record_check *check;
	bool checked; /* the current record was, while it was measured */
	bool eof;
	enum { BEFORE_HEADER, IN_STREAM, AFTER_END } place;
	struct hash *hash;
	struct schema schema;
	struct buf run;
	bool dry;
	uint64_t streams; /* headers seen */
	uint64_t records; /* of this stream */
	uint64_t total;   /* of all */
	uint64_t seal;
	struct buf stages; /* counters of the stages before, raw */
	size_t stage_count;
};

/* Reads more into the buffer, moving what is left to its front. False at end of file. */
bool stream_in_fill(struct stream_in *in);
/* What is there, not consumed; empty only at the end of the input. */
struct slice stream_in_peek(struct stream_in *in);
/* The hash takes in what was consumed since it was last called. */
void stream_hash_consumed(struct stream_in *in);
/* What is wrong with the input; the last one looks at its first bytes. */
_Noreturn void stream_broken(const struct stream_in *in, const char *what);
_Noreturn void stream_ended_early(const struct stream_in *in);
_Noreturn void stream_no_stream(struct stream_in *in);
/* Takes a control item. True when it is for the caller, with its kind. */
bool stream_take_item(struct stream_in *in, const struct mp_token *t, enum stream_kind *kind);
/*
 * From now on, when this stage is about to die of bad data, the rest of the input is read
 * up to its end mark first: bytes that were damaged on the way are STATUS_INCOMPLETE, not
 * the producer's bad data. For a regular file only: a pipe's writer may take hours.
 */
void stream_doubt_data(struct stream_in *in);
/* Looks at the first bytes, waiting for no more of them than it needs. */
enum stream_first { FIRST_NOTHING, FIRST_HEADER, FIRST_CUT_HEADER, FIRST_OTHER };
enum stream_first stream_in_first(struct stream_in *in);

/* read(2) and write(2) whole-heartedly: EINTR, EAGAIN, blocked time counted. Die with STATUS_IO. */
size_t io_read(int fd, char *p, size_t n, const char *what, struct stream_out *flush_before);
/*
 * What io_read calls before it waits, and an abort that came in before it exits: text_out's.
 * Where the process is dying already, a failure of this is not to be another reason.
 */
void io_before_waiting(void (*flush)(bool dying));
void io_flush_text(bool dying);
/* Whether that text was written to where the log goes, as on a terminal: messages may be far above it. */
bool io_text_follows_log(void);
/* False on failure with errno set. */
bool io_write(int fd, const char *p, size_t n);
/* Makes a pipe as large as a block; anything else is left alone. */
void io_widen(int fd);

/* The stage's own counters. */
extern struct counters stage_counters;
/* Fills in times and memory; returns stage_counters. */
const struct counters *counters_now(void);
/* Starts the clock; the first caller counts. */
void counters_start(void);
/* The line at the end on standard error, and the file in MAM_RUN_DIR; exit is the status. */
void counters_report(int exit);
/* The live line; called once per block by the last stage of a pipe. */
void progress_show(uint64_t records, uint64_t bytes);
void progress_clear(void);
/* For a stage whose text goes to the same terminal. */
void progress_forbid(void);

/* Opens the rejects file when --rejects was given; in is the descriptor of the input. */
void reject_open(int in);
void reject_abort(const struct abort_note *note);

/* Writes header and end or abort of any stream_out; used for rejects too. */
struct stream_out *stream_out_new(int fd, const char *name);
/* The header of a filter's output: run and dry are its first input's. Later calls do nothing. */
void stream_out_follow(struct stream_out *out, struct slice run, bool dry);
void stream_out_end(struct stream_out *out, struct slice stages, size_t stage_count);
void stream_out_abort(struct stream_out *out, const struct abort_note *note);

#endif
