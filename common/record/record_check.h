/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_RECORD_CHECK_H
#define COMMON_RECORD_RECORD_CHECK_H

#include "common/record/record.h"

/*
 * Whether a record keeps the rules of mam-stream(5) that its bytes alone can break:
 * every text and name is valid UTF-8, no map names anything twice (nested maps too),
 * every name is a text, every ext is one of ours and well-formed, and under a schema
 * each value is of its field's type or null. stream_next asks this once for each
 * record, so a stage need not; the names of the last record are kept, because the
 * next one mostly has the same.
 */
struct record_check;

/*
 * Where the values of a checked record are, so that nothing need go through it again.
 * A value ends where it ends in msgpack: a name may follow it.
 */
struct record_parts {
	size_t n;
	const char **values;
	/* Of a map only: the name of values[i] is known[names[i]]. */
	uint16_t *names;
	struct slice *known;
	size_t n_known;
	uint64_t shape; /* another number from when known changed; not 0 */
};

/* NULL if out of memory. Lives as long as the process. */
struct record_check *record_check_new(void);

/*
 * The length of the record at p: an array under the schema, a map when
 * schema->n is 0. 0 if a rule is broken, when it is not all in [p, end), or
 * when it is nested deeper than MP_DEPTH_MAX. Only in the first case
 * record_check_error gives a text. Memory grows with the names of the largest
 * map, at most 24 bytes for each.
 */
size_t record_check(
    struct record_check *c, const struct schema *schema, const char *p, const char *end);

/*
 * Of the record that the last call of record_check returned a length for. It is in the
 * record's bytes, the memory of c, and valid until the next call.
 */
const struct record_parts *record_check_parts(const struct record_check *c);

/* The same rules for the payload of a control item, which must be one whole map. */
bool record_check_item(struct record_check *c, struct slice payload);

/*
 * The fault found by the last call; NULL if no rule was broken. *at is the name
 * or field, and may be empty.
 */
const char *record_check_error(const struct record_check *c, struct slice *at);

#endif
