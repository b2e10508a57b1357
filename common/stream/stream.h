/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_STREAM_H
#define COMMON_STREAM_STREAM_H

#include "common/record/record.h"
#include "common/text/bytes.h"

/*
 * mam-stream(5) on a descriptor: what a stage reads and writes. A stage has at
 * most one input (stream_in) and one output (stream_out) for records; both may
 * end the process (message.h). The records that stream_next hands out point into
 * its buffer and live until the next call.
 */

enum {
	EXT_HEADER = 16,
	EXT_SCHEMA = 17,
	EXT_STATE = 18,
	EXT_COVERAGE = 19,
	EXT_END = 20,
	EXT_ABORT = 21,
};

enum {
	STREAM_BLOCK = 256 * 1024,            /* bytes of a read, of a write and of the pipe */
	STREAM_RECORD_MAX = 64 * 1024 * 1024, /* bytes of one item */
};

/* Output. */

struct stream_out;

/*
 * The first call of a stage whose output is a stream, before options_parse: what is
 * wrong with its words or its environment travels as an abort too, though nothing
 * was opened yet. So the last status of the pipe is 64 or 78, not the reader's 76.
 */
void stream_out_promise(void);
/*
 * The stage's output on a descriptor. Where there is an input, its header is
 * written when the input's first header is read (run and dry are handed on);
 * a stage without one calls stream_out_start. From here on die() sends an abort.
 */
struct stream_out *stream_out_open(int fd);
/* Writes the header of a stream that begins here. Dry is also set by MAM_DRY_RUN=1. */
void stream_out_start(struct stream_out *out, bool dry);
bool stream_out_dry(const struct stream_out *out);

/* One whole record (map or array) that is already msgpack; counts it. */
void stream_out_record(struct stream_out *out, struct slice raw);
/* One whole schema, state or coverage item, ext head included. */
void stream_out_item(struct stream_out *out, struct slice raw);

/*
 * The zero-copy way to write a record: reserve n bytes in the output buffer,
 * write there, commit what was used. Between the two nothing else may be sent.
 */
char *stream_out_reserve(struct stream_out *out, size_t n);
void stream_out_commit(struct stream_out *out, size_t used);

void stream_out_flush(struct stream_out *out);

/* Input. */

enum stream_kind {
	STREAM_RECORD,
	STREAM_SCHEMA, /* stream_schema() is the new one already; a stage that keeps the fields hands the item on */
	STREAM_STATE,    /* hand on with stream_out_item, or store */
	STREAM_COVERAGE, /* the same */
	STREAM_END,      /* all streams ended well; nothing follows */
};

struct stream_in;

/*
 * The stage's input. out (may be NULL: a loader) is flushed before a read that
 * would block, gets the header, and an abort that comes in is handed on to it
 * before the process exits with the abort's status. A stage without out prints
 * the first failure's reason as the last line of the log.
 */
struct stream_in *stream_in_open(int fd, struct stream_out *out);

/*
 * The next item. Never returns on trouble: end of file before the end mark, a
 * wrong count or hash, an item that breaks a rule are STATUS_INCOMPLETE; what is
 * no stream at all is STATUS_DATA with a hint which from-… to use.
 */
enum stream_kind stream_next(struct stream_in *in, struct slice *raw);

/*
 * True when the next item is a record that is whole in the buffer: stream_next
 * will return it without reading, and the records handed out since the last read
 * stay where they are. For a stage that works on several at once.
 */
bool stream_ahead(struct stream_in *in);

/* The schema in force; n == 0 before the first one: records are maps. */
const struct schema *stream_schema(const struct stream_in *in);
/* Number of the current record, from 1, over all concatenated streams. */
uint64_t stream_record_number(const struct stream_in *in);
bool stream_in_dry(const struct stream_in *in);
/* Text of the header's "run"; empty before the first header. */
struct slice stream_run(const struct stream_in *in);
/* The seal of the last ended stream: its xxh3. */
uint64_t stream_seal(const struct stream_in *in);

/* Decodes the current record under the schema in force; dies with STATUS_DATA naming the record's number. */
void stream_decode(struct stream_in *in, struct slice raw, struct record *r);

/* The end, and the counters. */

/*
 * Ends the stage well: writes the end mark with everybody's counters, flushes,
 * checks the close, prints the summary line. out is NULL for a loader, in NULL
 * for a source. Call it only after everything the stage had to do has succeeded.
 */
void stream_finish(struct stream_in *in, struct stream_out *out);

/*
 * For a stage whose output is text (to-json, --help of none): call before
 * stream_finish; flushes and closes standard output and dies with STATUS_IO when that fails.
 */
void stream_count_out(uint64_t records, uint64_t bytes);
/* Records that a loader or a text writer put out (no stream_out); adds to the counters. */
void stream_count_in(uint64_t records, uint64_t bytes);
void stream_count_rejected(uint64_t records);
/* Bytes and blocked seconds are counted by source_read and stream_* themselves. */

/*
 * One more entry of this stage's counters, e.g. "changed": {"cost": {"micros": 9}}.
 * value is a whole msgpack object; a name given again replaces the earlier one.
 */
void stream_counter(const char *name, struct slice value);

/* A few words more for the summary line, after the records: "2 rows inserted, 0 deleted". The text is copied. */
void stream_summary(struct slice text);

/* Rejects (--rejects FILE, --max-rejects N). */

/*
 * Puts a record aside: the whole record as a map plus
 * "_reject": {"stage","record","field","value","rule","reason"} goes to the
 * rejects file, which is a stream. Past --max-rejects dies with STATUS_DATA and
 * "record N: FIELD: REASON". reason holds the value already, e.g. "\"12,3\" is not a decimal".
 */
void reject(const struct record *r, uint64_t number, struct slice field, const char *rule,
    const char *reason);

/*
 * The same for input that never became a record (a CSV row): unit is "line" or
 * "record", raw its bytes (cut at 64 KiB), kept as field "raw".
 */
void reject_raw(
    struct slice raw, const char *unit, uint64_t number, const char *rule, const char *reason);
/* Rejected so far. */
uint64_t reject_count(void);
/* Seals the rejects file. stream_finish does it; here for a loader, which must know before it commits. */
void reject_finish(void);

#endif
