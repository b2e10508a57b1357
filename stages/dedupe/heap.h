/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_HEAP_H
#define STAGES_DEDUPE_HEAP_H

#include "stages/dedupe/entry.h"
#include "stages/dedupe/table.h"

/*
 * The records that --keep last, max and min remember, one for each key of a
 * table; the key's 64 bits are where its record is + 1, or 0 if it is on disk.
 * Records that were replaced leave holes, which are closed when memory runs
 * short.
 */
struct heap {
	struct region region; /* items: owner, number, shape, length, room, bytes, padded to 8 */
	size_t holes;         /* bytes that a compaction would win */
};

void heap_init(struct heap *h, struct budget *budget);

/*
 * Remembers the record for the key that is at owner; returns its ref, 0 if the
 * budget does not allow it.
 */
uint64_t heap_add(struct heap *h, struct table *t, size_t owner, const struct entry *e);
/* Takes the last heap_add back. */
void heap_take_back(struct heap *h, uint64_t ref);
/*
 * The record of a key in place of the earlier one, whose number it keeps. False
 * if the budget does not allow it: the key has no record then, its ref is 0.
 */
bool heap_replace(struct heap *h, struct table *t, size_t owner, const struct entry *e);

/*
 * The remembered record; key belongs to the table. It points into the heap and
 * is valid until the heap changes.
 */
struct entry heap_entry(const struct heap *h, const struct table *t, size_t owner);

void heap_reset(struct heap *h);

#endif
