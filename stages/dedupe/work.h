/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_WORK_H
#define STAGES_DEDUPE_WORK_H

#include "common/stream/stream.h"
#include "stages/dedupe/heap.h"
#include "stages/dedupe/key.h"
#include "stages/dedupe/shape.h"
#include "stages/dedupe/store.h"

/*
 * One record per key in bounded memory, exactly. A level is one filling of the
 * table: keys are added until memory is full. From then on a record with a
 * known key is decided at once, and every other record goes to disk,
 * partitioned by key hash. When the level's input has ended, each partition is
 * the input of a level of its own, with another hash. Each level completes at
 * least one key, so the recursion ends for any keys. The output of a level on
 * disk is a run in the order of first appearance; runs.h merges the runs.
 */

enum keep { KEEP_FIRST, KEEP_LAST, KEEP_MAX, KEEP_MIN };

enum { PARTS = 32 };

/* Chains that wait to be read. A part that took records out of the table is not in the order of its numbers. */
struct chain {
	uint64_t name;
	bool unsorted;
};

struct chains {
	struct chain *list;
	size_t n;
};

struct work {
	enum keep keep;
	size_t keys; /* values that make the key; the next one is the order of max and min */
	struct budget budget;
	struct table table;
	struct heap heap;
	struct shapes *shapes;
	struct spill store;

	/* of the level */
	uint64_t seed;
	/*
	 * takes no new keys: they would come out before keys that are already
	 * on disk
	 */
	bool full;
	bool unsorted; /* numbers of its input do not rise */
	bool evicted[PARTS], evicted_any;
	struct spill_writer parts[PARTS];
	bool on_disk; /* its input is a part, its output a run */

	struct chains pending, runs;
	struct spill_writer run;
	struct spill_writer held; /* states and coverages that wait for the records before them */
	struct stream_out *out;
	uint32_t out_shape; /* of the last schema that was sent */

	uint64_t duplicates, conflicts, spilled;
};

/* memory: all that may be used; folder may be NULL (store.h). */
void work_init(struct work *w, const struct option_list *names, enum keep keep, size_t keys,
    size_t memory, const char *folder, struct stream_out *out);

/* True while a record is put out as soon as it is seen. */
bool work_streams(const struct work *w);

/* The hash of a key. Also starts to fetch the memory that work_take reads. */
uint64_t work_expect(const struct work *w, struct slice key);
void work_take(struct work *w, uint64_t hash, const struct entry *e);
/* A state or coverage item: at once or after all records that came before it. */
void work_item(struct work *w, struct slice raw);
/* Sends the schema of that shape when it is another than the last one. */
void work_send_shape(struct work *w, uint32_t shape);
/* Sends a record under its schema. */
void work_send(struct work *w, const struct entry *e);
/* The input has ended: everything goes out. */
void work_finish(struct work *w);

/* Appends to the list. */
void chains_add(struct chains *c, uint64_t name, bool unsorted);

#endif
