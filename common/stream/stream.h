/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_STREAM_H
#define COMMON_STREAM_STREAM_H

#include "common/record/record.h"
#include "common/record/record_check.h"
#include "common/text/bytes.h"

/*
 * mam-stream(5) on a descriptor: how a stage reads and writes records. A stage
 * has at most one stream_in, for one input or several in turn, and one output (stream_out). Both may end
 * the process (message.h). Records from stream_next point into its buffer and
 * are valid until the next call.
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
	/* bytes per read and per write, and the size of a pipe */
	STREAM_BLOCK = 256 * 1024,
	STREAM_RECORD_MAX = 64 * 1024 * 1024, /* bytes of one item */
};

/* Output. */

struct stream_out;

/*
 * The first call of a stage whose output is a stream, before options_parse.
 * From then on a wrong command line or environment travels as an abort,
 * although nothing is open yet: the pipe ends with 64 or 78 instead of the
 * reader's 76.
 */
void stream_out_abort_on_exit(void);
/*
 * Takes it back: the stage writes its output elsewhere, and nothing to standard output. Also
 * instead of the call above, where the command line shows it.
 */
void stream_out_none(void);
/*
 * The stage's output on a descriptor. If the stage has an input, the header is
 * written when the input's first header is read, with the same run and dry; a
 * stage without input calls stream_out_start. From here on die() sends an
 * abort.
 */
struct stream_out *stream_out_open(int fd);
/* Writes the header of a stream that begins here. MAM_DRY_RUN=1 also sets dry. */
void stream_out_start(struct stream_out *out, bool dry);
bool stream_out_dry(const struct stream_out *out);

/* Writes one whole record (map or array) that is already msgpack, and counts it. */
void stream_out_record(struct stream_out *out, struct slice raw);
/* Writes one whole schema, state or coverage item, including its ext head. */
void stream_out_item(struct stream_out *out, struct slice raw);

/*
 * The zero-copy way to write a record: reserve n bytes in the output buffer,
 * write there, commit the bytes used. Write nothing else between the two.
 */
char *stream_out_reserve(struct stream_out *out, size_t n);
void stream_out_commit(struct stream_out *out, size_t used);

void stream_out_flush(struct stream_out *out);
/*
 * From now on wait(fd) is called before each piece that is written: it does something else
 * until the next stage takes more. NULL: the write itself waits.
 */
void stream_out_while_full(void (*wait)(int fd));

/* Input. */

enum stream_kind {
	STREAM_RECORD,
	/*
	 * stream_schema() already returns it; a stage that keeps the fields
	 * passes the item on
	 */
	STREAM_SCHEMA,
	STREAM_STATE,    /* pass on with stream_out_item, or store */
	STREAM_COVERAGE, /* the same */
	STREAM_END,      /* all streams ended well; there is no more */
};

struct stream_in;

/*
 * The stage's input. out (NULL in a loader) is flushed before a read that would
 * block and gets the header. An abort that arrives is passed on to out before
 * the process exits with the abort's status. A stage without out prints the
 * reason of the first failure as the last line of the log.
 */
struct stream_in *stream_in_open(int fd, struct stream_out *out);
/*
 * The same for a stage that reads several inputs, one after the other: name is that of
 * the input in messages, not copied. stream_in_continue goes on with another descriptor
 * after STREAM_END: its records are numbered from 1, and what else the end mark is to
 * contain is that of all inputs. The caller sets message_set_place for each input.
 */
struct stream_in *stream_in_open_named(int fd, const char *name, struct stream_out *out);
void stream_in_continue(struct stream_in *in, int fd, const char *name);

/*
 * Returns the next item. Dies on any fault: end of file before the end mark, a
 * wrong count or hash, or an item that breaks a rule is STATUS_INCOMPLETE.
 * Input that is not a stream is STATUS_DATA, with a hint which from-… stage to
 * use.
 */
enum stream_kind stream_next(struct stream_in *in, struct slice *raw);

/*
 * True if the next item is a record that is whole in the buffer. stream_next
 * will then return it without reading, and the records returned since the last
 * read stay valid. For a stage that works on several records at once.
 */
bool stream_ahead(struct stream_in *in);

/* The current schema. n is 0 before the first one: records are maps. */
const struct schema *stream_schema(const struct stream_in *in);
/* Number of the current record, from 1, counted over all concatenated streams. */
uint64_t stream_record_number(const struct stream_in *in);
bool stream_in_dry(const struct stream_in *in);
/*
 * The digest of schema and records, 32 hexadecimal digits, of an input without an output. Known
 * after STREAM_END, empty before.
 */
const char *stream_in_digest(const struct stream_in *in);

/* Where the values of the current record are. Valid until stream_next or stream_ahead. */
const struct record_parts *stream_parts(const struct stream_in *in);

/*
 * Decodes the current record under the current schema. Dies with STATUS_DATA
 * and the record's number.
 */
void stream_decode(struct stream_in *in, struct slice raw, struct record *r);

/* The end, and the counters. */

/*
 * Ends the stage successfully: writes the end mark with the counters of all
 * stages, flushes, checks the close, prints the summary line. out is NULL in a
 * loader, in is NULL in a source. Call it only after all the stage's work has
 * succeeded.
 */
void stream_finish(struct stream_in *in, struct stream_out *out);

/*
 * Adds the records and bytes that a loader or a writer of text put out to the
 * counters (it has no stream_out).
 */
void stream_count_out(uint64_t records, uint64_t bytes);
/* source_read and the stream functions count bytes and blocked seconds themselves. */

/*
 * Adds an entry to this stage's counters, such as "changed": {"cost":
 * {"micros": 9}}. value is one whole msgpack object. Setting a name again
 * replaces its value.
 */
void stream_counter(const char *name, struct slice value);
/* The same for a number. */
void stream_count(const char *name, uint64_t n);

/*
 * Adds text to the summary line, after the records: "2 rows inserted, 0
 * deleted". The text is copied.
 */
void stream_summary(struct slice text);

/* Rejects (--rejects FILE, --max-rejects N). */

/*
 * Rejects a record: writes it to the rejects file, which is a stream, as a map
 * with the additional field "_reject":
 * {"stage","record","field","value","rule","reason"}. Past --max-rejects it
 * dies with STATUS_DATA and "record N: FIELD: REASON". reason already contains
 * the value, as in "\"12,3\" is not a decimal".
 */
void reject(const struct record *r, uint64_t number, struct slice field, const char *rule,
    const char *reason);

/*
 * The same for input that never became a record (a CSV row). unit is "line" or
 * "record". raw, its bytes, is cut at 64 KiB and kept as field "raw".
 */
void reject_raw(
    struct slice raw, const char *unit, uint64_t number, const char *rule, const char *reason);
/* Whether the next reject only counts: a stage that writes several records for one checks them all first then. */
bool reject_allowed(void);
/* Number of rejects so far. */
uint64_t reject_count(void);
/*
 * Seals the rejects file. stream_finish does this, too; a loader calls it
 * earlier, before it commits.
 */
void reject_finish(void);

#endif
