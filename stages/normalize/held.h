/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_HELD_H
#define STAGES_NORMALIZE_HELD_H

#include "common/stream/stream.h"

/*
 * The first records of an input without a schema, from which --rest keep learns its fields. State and
 * coverage that come between them are held as well, so that the order stays.
 */

enum {
	HELD_RECORDS = 1000,
	HELD_BYTES = 16 * 1024 * 1024, /* with the record that goes beyond it */
};

struct held_item {
	enum stream_kind kind;
	uint64_t number; /* of a record */
	size_t start, n; /* of its bytes */
};

struct held {
	struct buf bytes;
	struct held_item *items;
	size_t n, cap;
	size_t records;
};

/* Copies the item. True if no more need be held. */
bool held_add(struct held *h, enum stream_kind kind, struct slice raw, uint64_t number);
/* Valid until the next held_add. */
struct slice held_raw(const struct held *h, size_t i);
/* Gives the memory back; nothing is held afterwards. */
void held_clear(struct held *h);

#endif
