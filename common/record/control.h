/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_CONTROL_H
#define COMMON_RECORD_CONTROL_H

#include "common/text/bytes.h"

/*
 * The control items that describe the stream itself: header, end and abort,
 * mam-stream(5). They are rare and small, so msgpack-c writes them; our token
 * reader reads them and keeps the counters of other stages byte for byte.
 */

enum { STREAM_VERSION = 1, STAGES_MAX_BYTES = 16 * 1024 * 1024 };

/* The work of a stage; the members are named as in the stream and in the JSON log. */
struct counters {
	const char *stage;
	const char *version;
	uint64_t records_in, records_out, rejected;
	uint64_t bytes_in, bytes_out;
	double seconds;                          /* wall clock since the start */
	double cpu_seconds;                      /* user and system, of the process */
	double blocked_reading, blocked_writing; /* seconds waited for the neighbours */
	uint64_t peak_memory;                    /* bytes resident at most */
	struct slice extra;                      /* further pairs, msgpack */
	size_t extra_count;
};

struct header {
	int64_t version;
	struct slice by, run;
	bool dry;
};

struct seal {
	uint64_t records;
	uint64_t xxh3;
	struct slice digest; /* of schema and records alone, in hexadecimal; empty: not given */
	struct slice stages; /* the elements of the array, one after the other */
	size_t stage_count;
};

struct abort_note {
	struct slice stage, why;
	int64_t exit;
	uint64_t log; /* that the stage wrote why to (message_log); 0 if it is not known */
	struct slice stages;
	size_t stage_count;
};

/*
 * Append the whole item, ext head included. own is this stage's counters, put
 * after the others'.
 */
void control_write_header(struct buf *out, const char *by, struct slice run, bool dry);
void control_write_end(struct buf *out, const struct seal *seal, const struct counters *own);
void control_write_abort(
    struct buf *out, const struct abort_note *note, const struct counters *own);

/* Read the payload of the item. NULL on success, else the reason (a static text). */
const char *control_read_header(struct slice payload, struct header *header);
const char *control_read_end(struct slice payload, struct seal *seal);
const char *control_read_abort(struct slice payload, struct abort_note *note);

#endif
