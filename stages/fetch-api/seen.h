/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_SEEN_H
#define STAGES_FETCH_API_SEEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Which hashes came before, and at which page: 32 bytes for each at most, so that
 * --max-pages limits the memory. Empty when it is all zeros.
 */
struct seen {
	struct seen_slot {
		uint64_t hash;
		uint64_t page; /* 0: the slot is free */
	} * slots;
	size_t size, n;
};

/*
 * The page, from 1, at which the hash came first; 0 if it is new, and then it
 * is remembered.
 */
uint64_t seen_before(struct seen *s, uint64_t hash, uint64_t page);
void seen_free(struct seen *s);

#endif
