/* SPDX-License-Identifier: MIT */
#ifndef STAGES_EXPLODE_ROW_H
#define STAGES_EXPLODE_ROW_H

#include "common/stream/stream.h"

/*
 * The records that one record becomes, one after the other. A function that returns false
 * has found a fault, which row_fault describes; the record is bad then.
 */

struct row_fault {
	struct slice field; /* may be empty */
	const char *rule, *reason;
};

/* Which fields the command line adds to every record, for reshape.h. */
void row_init(struct stream_out *out);
/* No record is sent until it is called with false: the faults are looked for before. */
void row_only_check(bool check);

/* What is left of map goes into the next records; any: there are elements, so that a series has to begin. */
bool row_take(struct slice map, bool any);
/*
 * Begins the record of element number i; ROW_EMPTY stands for the element that is not there,
 * whose fields are null.
 */
#define ROW_EMPTY UINT64_MAX
bool row_begin(uint64_t i);
/* A field of the element; position as in reshape_has. */
bool row_put(size_t position, struct slice name, struct slice value);
/* n fields at once, names and values in their bytes; without --types. */
void row_put_all(size_t n, struct slice pairs);
bool row_send(void);

/* Notes a fault; returns false. */
bool row_fail(struct slice field, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const struct row_fault *row_fault(void);

#endif
