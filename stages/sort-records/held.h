/* SPDX-License-Identifier: MIT */
#ifndef STAGES_SORT_RECORDS_HELD_H
#define STAGES_SORT_RECORDS_HELD_H

#include "common/stream/spill.h"
#include "common/stream/stream.h"

/*
 * State and coverage items, which hold for the records before them and so come out after
 * all records. A few are kept in memory, more on disk. All-zero holds none.
 */
struct held {
	struct buf items;
	struct spill_writer chain; /* the ones before those in items */
};

void held_put(struct held *h, struct spill *s, struct slice item);
/* Sends them in their order. */
void held_send(struct held *h, struct spill *s, struct stream_out *out);

#endif
