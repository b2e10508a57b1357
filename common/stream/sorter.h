/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SORTER_H
#define COMMON_STREAM_SORTER_H

#include "common/record/key_sort.h"
#include "common/stream/arena.h"
#include "common/stream/spill.h"

/*
 * External merge sort of records by keys that memcmp orders (order_put), within a limit
 * of memory. What does not fit is written to a spill file as sorted runs, which are then
 * merged; with few bytes nothing is written. Records with equal keys stay in their order.
 * Process room: these functions may end the process.
 */
struct sort_run;

struct sorter {
	size_t block; /* bytes of a block of the spill */
	struct budget budget;
	struct spill spill;
	struct arena items;   /* the records of the run in memory */
	struct arena entries; /* struct sort_entry for each */
	size_t at;            /* the next entry to return */
	uint64_t *runs;       /* chains of the spill, in the order of the records */
	size_t run_count;
	struct sort_run *merged; /* the runs that are being merged, a heap */
	size_t merged_count;
	bool taken;       /* the first of them was returned, and is to move on */
	uint64_t spilled; /* records that were written to disk, each time */
};

/*
 * memory: bytes for everything that grows, SORTER_MIN at least. folder and option: as in
 * spill_init.
 */
enum { SORTER_MIN = 1024 * 1024 };
void sorter_init(struct sorter *s, size_t memory, const char *folder, const char *option);

/*
 * Takes a record; its bytes are copied. Dies with STATUS_DATA and the record's number
 * if it alone does not fit.
 */
void sorter_add(struct sorter *s, const struct sort_item *item);
/* After the last record. */
void sorter_finish(struct sorter *s);
/*
 * The next record in order; false after the last one. Its bytes are valid until the next
 * call.
 */
bool sorter_next(struct sorter *s, struct sort_item *item);

#endif
