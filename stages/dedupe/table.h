/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_TABLE_H
#define STAGES_DEDUPE_TABLE_H

#include "common/stream/arena.h"

/*
 * The keys seen so far, each with 64 bits for the caller. Keys are compared by
 * all their bytes; the hash only gives the place to look. Keys are never
 * removed, so they stay in the order of their first appearance.
 */
struct table {
	uint64_t
	    *slots; /* 0: free; else high half of the hash, low half: place of the key / 4 + 1 */
	size_t slot_count; /* a power of two */
	unsigned shift;    /* 64 - log2(slot_count) */
	size_t used;
	struct arena keys; /* items: ref, length, bytes, padded to 4 */
};

void table_init(struct table *t, struct budget *budget);

/* Starts to fetch into the cache the memory that table_find reads first. */
void table_expect(const struct table *t, uint64_t hash);

/* The place of the key, or TABLE_NONE. */
#define TABLE_NONE SIZE_MAX
size_t table_find(const struct table *t, uint64_t hash, struct slice key);

/*
 * Adds a new key at table_next_place(). False, with nothing changed, if the
 * budget does not allow it.
 */
bool table_add(struct table *t, uint64_t hash, struct slice key, uint64_t ref);
size_t table_next_place(const struct table *t);

uint64_t table_ref(const struct table *t, size_t place);
void table_set_ref(struct table *t, size_t place, uint64_t ref);
struct slice table_key(const struct table *t, size_t place);
/* The place after, to walk through all keys from place 0 up to keys.n. */
size_t table_behind(const struct table *t, size_t place);

/* Forgets all keys and gives the memory back. */
void table_reset(struct table *t);

/* The hash that the caller is to give for a key: another one for each seed. */
uint64_t table_hash(struct slice key, uint64_t seed);

#endif
