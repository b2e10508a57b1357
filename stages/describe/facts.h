/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DESCRIBE_FACTS_H
#define STAGES_DESCRIBE_FACTS_H

#include "common/program/status.h"
#include "common/stream/observe.h"

/* The stream itself: headers, seals, states, coverage, and how it failed. */

enum {
	ITEMS_SHOWN = 20,           /* states, and windows, that are kept; all are counted */
	ITEM_BYTES = 4096,          /* of one of them; a longer one is not kept */
	STAGES_BYTES = 1024 * 1024, /* of the counters that are kept */
};

struct facts {
	uint64_t streams, sealed; /* headers, and end marks that agree */
	uint64_t records, bytes;  /* that are whole and good */
	struct buf by, run;       /* of the first header */
	bool dry;
	struct seal seal; /* the last one; digest is in digest_text */
	struct buf digest_text;
	struct buf stages; /* counters of all stages, one msgpack map after the other */
	size_t stage_count, stages_kept;
	uint64_t states, windows;
	struct buf state[ITEMS_SHOWN], window[ITEMS_SHOWN]; /* payloads */
	size_t n_state, n_window;
	bool failed;
	int status;
	struct buf failed_stage; /* the stage of an abort; empty: the fault is in the input */
	struct buf why;
};

extern struct facts facts;
extern const struct stream_observer facts_observer;

void facts_take_state(struct slice item);
void facts_take_coverage(struct slice item);
/* The input is at fault, or something else is; keeps the first call. */
void facts_fail(enum status status, const char *why);

#endif
