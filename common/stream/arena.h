/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_ARENA_H
#define COMMON_STREAM_ARENA_H

#include "common/text/bytes.h"

/*
 * The part of --memory for tables, keys, records and buffers; everything that
 * grows in the stage is counted here.
 */
struct budget {
	size_t limit, used; /* bytes */
};

/* True if n more bytes are within the limit; they are counted from now on. */
bool budget_take(struct budget *b, size_t n);
void budget_give(struct budget *b, size_t n);

/*
 * Memory in one piece that grows under a budget. It moves when it grows: keep
 * offsets, not pointers. New bytes are zero. An all-zero arena with its budget set is empty.
 */
struct arena {
	char *p;
	size_t n;   /* bytes in use */
	size_t cap; /* bytes counted in the budget */
	struct budget *budget;
};

/*
 * Makes room for n bytes after r->n. False, and nothing changed, when the
 * budget does not allow it.
 */
bool arena_room(struct arena *r, size_t n);
/* Gives all memory back. */
void arena_free(struct arena *r);

#endif
