/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_MP_RECORDS_H
#define COMMON_RECORD_MP_RECORDS_H

#include "common/record/json_path.h"
#include "common/text/bytes.h"

/*
 * The records in a sequence of msgpack objects that comes in blocks cut anywhere, found by a
 * record path: json_read.h's rules for paths, on msgpack. Memory is a block and one record, or one
 * scalar beside the path. No recursion. The bytes of a record are measured, not checked.
 */

struct mp_records_rules {
	const struct json_path *path; /* must outlive the walk; n is 0 for the objects themselves */
	bool rows;           /* a record is an array; else a map, and an array holds records */
	bool path_must_lead; /* an object in which the path leads nowhere is an error */
	size_t value_max;    /* bytes of a record, and of a scalar beside the path */
};

enum mp_records_status {
	MP_RECORDS_RECORD,
	MP_RECORDS_MORE, /* the block is used up */
	MP_RECORDS_END,  /* the input ended between two objects */
	MP_RECORDS_BAD, /* mp_records_error has the reason; every call returns this until mp_records_reset */
};

struct mp_records;

/* NULL if out of memory. The rules are copied. */
struct mp_records *mp_records_new(const struct mp_records_rules *rules);
void mp_records_free(struct mp_records *w);
/* Begins a new input. */
void mp_records_reset(struct mp_records *w);

/* As json_space and json_filled: room for a block, and the bytes read into it; 0 is the end. */
char *mp_records_space(struct mp_records *w, size_t *room);
void mp_records_filled(struct mp_records *w, size_t n);

/* The next record; it lives until the next call of any function on w. */
enum mp_records_status mp_records_next(struct mp_records *w, struct slice *record);

/* A static text, and the bytes at fault, which may be empty. */
const char *mp_records_error(const struct mp_records *w, struct slice *at);
/* Bytes of the input before the object or token that is looked at. */
uint64_t mp_records_offset(const struct mp_records *w);
/* Whether an object has begun. */
bool mp_records_any(const struct mp_records *w);
/* The name of the member that the record came from at a "{FIELD}" step of the path; valid like the record. */
struct slice mp_records_member(const struct mp_records *w, size_t step);

#endif
