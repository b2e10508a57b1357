/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_KEY_SORT_H
#define COMMON_RECORD_KEY_SORT_H

#include "common/text/bytes.h"

/*
 * Records in memory, sorted by keys that memcmp orders (order_put). A record is an item:
 * a head of SORT_HEAD bytes, its key, its bytes.
 */
struct sort_item {
	uint64_t number; /* of the record in its input */
	uint32_t layout; /* of the caller: the schema that it is under */
	struct slice key, raw;
};

enum { SORT_HEAD = 20 };

/* Bytes of the item. False if key or record has 4 GiB or more. */
bool sort_item_size(const struct sort_item *item, size_t *size);
/* Writes it at p, which has room for those bytes. */
void sort_item_write(char *p, const struct sort_item *item);
/* Writes its head only, SORT_HEAD bytes. */
void sort_item_write_head(char *p, const struct sort_item *item);
/* Reads all but the bytes of key and record, of which only the lengths are set, from a head. */
void sort_item_head(const char *p, struct sort_item *item);
/* The item at p, which is all there. */
struct sort_item sort_item_at(const char *p);

/* The first 8 bytes of a key from an offset on as a number, 0 for bytes after its end. */
uint64_t sort_prefix(struct slice key, size_t from);

/* An item to sort. */
struct sort_entry {
	uint64_t prefix; /* of its key; changed while it is sorted */
	uint64_t place;  /* of the item, from base */
};

/*
 * Sorts by key, items with equal keys by place. prefix must be sort_prefix(key, 0). No key
 * begins another. Takes no memory, O(n log n) key comparisons at most.
 */
void key_sort(struct sort_entry *list, size_t n, const char *base);

#endif
