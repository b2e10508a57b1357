/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_RECORD_ARENA_H
#define STAGES_DEDUPE_RECORD_ARENA_H

#include "stages/dedupe/entry.h"
#include "stages/dedupe/table.h"

/*
 * The records that --keep last, max and min remember, one for each key of a
 * table; the key's 64 bits are where its record is + 1, or 0 if it is on disk.
 * Records that were replaced leave holes, which are closed when memory runs
 * short.
 */
struct record_arena {
	struct arena arena; /* items: owner, number, layout, length, room, bytes, padded to 8 */
	size_t holes;       /* bytes that a compaction would win */
};

void record_arena_init(struct record_arena *h, struct budget *budget);

/*
 * Remembers the record for the key that is at owner; returns its ref, 0 if the
 * budget does not allow it.
 */
uint64_t record_arena_add(
    struct record_arena *h, struct table *t, size_t owner, const struct entry *e);
/* Takes the last record_arena_add back. */
void record_arena_take_back(struct record_arena *h, uint64_t ref);
/*
 * The record of a key in place of the earlier one, whose number it keeps. False
 * if the budget does not allow it: the key has no record then, its ref is 0.
 */
bool record_arena_replace(
    struct record_arena *h, struct table *t, size_t owner, const struct entry *e);

/*
 * The remembered record; key belongs to the table. It points into the arena and
 * is valid until the arena changes.
 */
struct entry record_arena_entry(const struct record_arena *h, const struct table *t, size_t owner);

void record_arena_reset(struct record_arena *h);

#endif
