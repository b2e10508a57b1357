/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_EXTERNAL_DEDUPE_H
#define STAGES_DEDUPE_EXTERNAL_DEDUPE_H

#include "common/record/order.h"
#include "common/stream/layout.h"
#include "common/stream/stream.h"
#include "stages/dedupe/key.h"
#include "stages/dedupe/record_arena.h"
#include "stages/dedupe/spill_entry.h"

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

struct external_dedupe {
	enum keep keep;
	size_t keys; /* values that make the key; the next one is the order of max and min */
	struct budget budget;
	struct table table;
	struct record_arena records;
	struct layouts *layouts;
	struct spill spill;

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
	uint32_t out_layout; /* of the last schema that was sent */

	uint64_t duplicates, conflicts, spilled;
};

/* memory: all that may be used; folder may be NULL (spill.h). */
void dedupe_init(struct external_dedupe *w, const struct option_list *names, enum keep keep,
    size_t keys, size_t memory, const char *folder, struct stream_out *out);

/* True while a record is put out as soon as it is seen. */
bool dedupe_streams(const struct external_dedupe *w);

/* The hash of a key. Also starts to fetch the memory that dedupe_take reads. */
uint64_t dedupe_expect(const struct external_dedupe *w, struct slice key);
void dedupe_take(struct external_dedupe *w, uint64_t hash, const struct entry *e);
/* A state or coverage item: at once or after all records that came before it. */
void dedupe_item(struct external_dedupe *w, struct slice raw);
/* Sends the schema of that layout when it is another than the last one. */
void dedupe_send_layout(struct external_dedupe *w, uint32_t layout);
/* Sends a record under its schema. */
void dedupe_send(struct external_dedupe *w, const struct entry *e);
/* The input has ended: everything goes out. */
void dedupe_finish(struct external_dedupe *w);

/* Appends to the list. */
void chains_add(struct chains *c, uint64_t name, bool unsorted);

#endif
