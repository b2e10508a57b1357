/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_SPILL_ENTRY_H
#define STAGES_DEDUPE_SPILL_ENTRY_H

#include "common/stream/spill.h"
#include "stages/dedupe/entry.h"

/* Entries in the chains of a spill file (common/stream/spill.h). Each is written once and read once. */

void spill_entry_put(struct spill *s, struct spill_writer *w, const struct entry *e);

/* A chain being read; all-zero before reader_open. */
struct reader {
	struct spill_reader chain;
	struct entry e; /* the current one: lengths and number only, until its bytes are read */
};

void reader_open(struct spill *s, struct reader *r, uint64_t chain);
/* Goes to the next entry and fills in all of r->e but the bytes. False at the end; the blocks are then free again. */
bool reader_next(struct spill *s, struct reader *r);
/* Reads the entry's bytes into body; r->e points there. Once for each entry. */
void reader_body(struct spill *s, struct reader *r, struct buf *body);

#endif
