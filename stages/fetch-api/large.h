/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_LARGE_H
#define STAGES_FETCH_API_LARGE_H

#include "common/json/json_read.h"
#include "stages/fetch-api/answer.h"

/*
 * A JSON answer of more than LARGE_MEMORY bytes is in a file, and is read twice. The first
 * time checks all of it, and keeps as the answer what is beside the records: so errors,
 * rules, totals and cursors are found in it as in any other. The second time gives the
 * records. They are cut where --record-path first goes through all elements of an array or all
 * members of an object, or where it ends at an array: these are the answer's units. Units
 * that rules or errors could be about are kept in the answer as well (large_notice.h).
 */

enum {
	LARGE_MEMORY = 4 * 1024 * 1024, /* bytes of text */
	LARGE_KEPT = 8 * 1024 * 1024,   /* bytes that may be beside the records, as msgpack */
};

enum large {
	LARGE_READ, /* a->json is what is beside the records, with some of the units */
	LARGE_BAD,  /* it is not JSON; *error says why */
	LARGE_HOLD, /* it must be in memory: most of it is not records, or the path leads elsewhere */
};

/* Whether the options allow it. After config_parse. */
bool large_is_possible(void);

/* The first time. */
enum large large_read(struct answer *a, struct json_error *error);
/* Takes the text into memory after all. */
void large_hold(struct answer *a);

/* The second time. */
struct large_units {
	struct answer *answer;
	struct json_reader *reader;
	struct slice block; /* what is left of a block of the file */
	bool started;
};

/* How many steps of --record-path lead to a unit. */
size_t large_steps(void);
void large_begin(struct large_units *u, struct answer *a);
/* The next unit, and the member's name if the last step is "{FIELD}"; false after the last one. Valid until the next call. */
bool large_next(struct large_units *u, struct slice *unit, struct slice *name);

#endif
