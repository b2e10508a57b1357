/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_STREAM_IMPL_H
#define COMMON_STREAM_STREAM_IMPL_H

/* Shared by the modules that implement stream.h; stages do not include it. */

#include "common/record/control.h"
#include "common/record/mp.h"
#include "common/record/record_check.h"
#include "common/stream/capture.h"
#include "common/stream/observe.h"
#include "common/stream/records_digest.h"
#include "common/stream/stream.h"
#include "common/text/hash.h"

struct stream_out {
	int fd;
	const char *name; /* in messages */
	struct buf b;     /* holds whole items between two calls */
	struct hash *hash;
	struct records_digest *digest;
	size_t digested; /* the digest includes the records in b before this byte */
	char digest_text[RECORDS_DIGEST_TEXT]; /* once it has ended */
	bool started, ended, broken;
	bool dry;
	bool schema; /* a schema was sent: records are arrays from now on */
	uint64_t records;
	uint64_t bytes;
	struct capture capture;
};

struct stream_in {
	int fd;
	const char *name; /* in messages */
	bool file;        /* a regular file: reading on never waits, and it ends */
	struct stream_out *out;
	char *p; /* the buffer, cap bytes */
	size_t cap;
	size_t at, n;  /* next item; end of the bytes read */
	size_t hashed; /* the hash includes the bytes before this one */
	/*
	 * length of the next object once stream_ahead has measured and checked
	 * it, else 0
	 */
	size_t ahead;
	struct mp_scan scan; /* of the next object, if it was not all there */
	struct record_check *check;
	const struct stream_observer *observer; /* NULL: none */
	bool eof;
	enum { BEFORE_HEADER, IN_STREAM, AFTER_END } place;
	struct hash *hash;
	/*
	 * Only without out: of the current stream, and from the second one on of all
	 * streams. The digest includes the records before the byte digested.
	 */
	struct records_digest *digest, *digest_all;
	size_t digested;
	char digest_text[RECORDS_DIGEST_TEXT]; /* of all streams that have ended */
	struct schema schema;
	bool dry;
	uint64_t streams; /* headers seen */
	uint64_t records; /* of this stream */
	uint64_t total;   /* of all streams */
	struct capture capture;
	struct buf stages; /* counters of the previous stages, raw */
	size_t stage_count;
};

/*
 * Reads more into the buffer after moving its rest to the front. False at end
 * of file.
 */
bool stream_in_fill(struct stream_in *in);
/* The unread rest of the buffer; empty only at the end of the input. */
struct slice stream_in_peek(struct stream_in *in);
/* Adds to the hash the bytes consumed since the last call. */
void stream_hash_consumed(struct stream_in *in);
/* The same for the digest, if the input has one. */
void stream_digest_consumed(struct stream_in *in);
/* Sets a function that is called before the exit after an abort that arrives. */
void stream_on_abort(void (*undo)(void));
/* Report a fault of the input and die. The last one looks at its first bytes. */
_Noreturn void stream_broken(const struct stream_in *in, const char *what);
_Noreturn void stream_ended_early(const struct stream_in *in);
_Noreturn void stream_no_stream(struct stream_in *in);
/* Takes a control item. True if it is for the caller, and sets its kind. */
bool stream_take_item(struct stream_in *in, const struct mp_token *t, enum stream_kind *kind);
/*
 * From now on, if this stage is about to die of bad data, it first reads the
 * rest of the input up to its end mark: damage on the way is STATUS_INCOMPLETE,
 * not the producer's bad data. Only for a regular file; the writer of a pipe
 * may take hours.
 */
void stream_doubt_data(struct stream_in *in);
/* Looks at the first bytes. Waits only for as many as it needs. */
enum stream_first { FIRST_NOTHING, FIRST_HEADER, FIRST_CUT_HEADER, FIRST_OTHER };
enum stream_first stream_in_first(struct stream_in *in);

/*
 * read(2) and write(2) of all bytes: they retry after EINTR and EAGAIN and
 * count blocked time. They die with STATUS_IO.
 */
size_t io_read(int fd, char *p, size_t n, const char *what, struct stream_out *flush_before);
/*
 * The function that io_read calls before it waits, and that is called before
 * the exit after an abort (text_out uses it). While the process is dying it
 * must not report a failure of its own.
 */
void io_before_waiting(void (*flush)(bool dying));
void io_flush_text(bool dying);
/* The function that io_read calls when a signal interrupted it; it may end the process. */
void io_on_signal(void (*look)(void));
/*
 * Whether that text went to the same place as the log, as on a terminal.
 * Messages may then be far above it.
 */
bool io_text_follows_log(void);
/* False on failure with errno set. */
bool io_write(int fd, const char *p, size_t n);
/* Makes a pipe as large as a block. Does nothing to other files. */
void io_widen(int fd);

/* The stage's own counters. */
extern struct counters stage_counters;
/* Updates times and memory, and returns stage_counters. */
const struct counters *counters_now(void);
/* The counter "digest": of the records that the stage wrote, or read if it writes no stream. */
void counters_digest(const char *digest);
/* Starts the clock. Only the first call counts. */
void counters_start(void);
/* Prints the summary line and writes the file in MAM_RUN_DIR. exit is the status. */
void counters_report(int exit);
/* The live progress line. The last stage of a pipe calls it once per block. */
void progress_show(uint64_t records, uint64_t bytes);
void progress_clear(void);
/* For a stage that writes text to the same terminal. */
void progress_forbid(void);

/* Opens the rejects file if --rejects was given. in is the descriptor of the input. */
void reject_open(int in);
void reject_abort(const struct abort_note *note);

/*
 * Whether MAM_DRY_RUN makes every stream of this process a rehearsal, also one that was captured
 * from a real run.
 */
bool stream_rehearsal(void);
/*
 * Creates a stream_out; writes the header and end or abort of any of them. The
 * rejects use it, too.
 */
struct stream_out *stream_out_new(int fd, const char *name);
/*
 * Writes the header of a filter's output with run and dry of its first input.
 * Later calls do nothing.
 */
void stream_out_follow(struct stream_out *out, struct slice run, bool dry);
void stream_out_end(struct stream_out *out, struct slice stages, size_t stage_count);
void stream_out_abort(struct stream_out *out, const struct abort_note *note);

#endif
