/* SPDX-License-Identifier: MIT */
/* For getrandom, which is Linux's own. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "common/program/message.h"
#include "stages/dedupe/external_dedupe.h"
#include "stages/dedupe/runs.h"

/*
 * Memory of the process, its libraries and the stream's buffers before any
 * record is kept.
 */
static const size_t PROCESS = 5 * 1024 * 1024;
enum { BLOCK_MIN = 16 * 1024, BLOCK_MAX = 256 * 1024 };

/* A block for each part and for run, held and reader; a 256th of the memory each. */
static size_t
block_size(size_t memory)
{
	size_t block = memory / 256 / 4096 * 4096;
	return block < BLOCK_MIN ? BLOCK_MIN : block > BLOCK_MAX ? BLOCK_MAX : block;
}

void
dedupe_init(struct external_dedupe *w, const struct option_list *names, enum keep keep, size_t keys,
    size_t memory, const char *folder, struct stream_out *out)
{
	size_t block = block_size(memory);
	*w = (struct external_dedupe){
	    .keep = keep, .keys = keys, .out = out, .out_layout = LAYOUT_NONE};
	w->budget.limit = memory - PROCESS - (PARTS + 3) * block;
	table_init(&w->table, &w->budget);
	record_arena_init(&w->records, &w->budget);
	w->layouts = layouts_new(names);
	spill_init(&w->spill, folder, "tmp", block);
	/*
	 * With a secret seed, foreign keys cannot be made to collide. The
	 * output does not depend on the seed.
	 */
	if (getrandom(&w->seed, sizeof w->seed, GRND_NONBLOCK) != sizeof w->seed)
		w->seed = (uint64_t)(uintptr_t)w;
}

bool
dedupe_streams(const struct external_dedupe *w)
{
	return w->keep == KEEP_FIRST && !w->full;
}

void
chains_add(struct chains *c, uint64_t name, bool unsorted)
{
	c->list = xrealloc(c->list, (c->n + 1) * sizeof *c->list);
	c->list[c->n++] = (struct chain){name, unsorted};
}

void
dedupe_send_layout(struct external_dedupe *w, uint32_t layout)
{
	struct slice item = layouts_item(w->layouts, layout);
	if (layout != w->out_layout && item.n)
		stream_out_item(w->out, item);
	w->out_layout = layout;
}

void
dedupe_send(struct external_dedupe *w, const struct entry *e)
{
	dedupe_send_layout(w, e->layout);
	stream_out_record(w->out, e->raw);
}

void
dedupe_item(struct external_dedupe *w, struct slice raw)
{
	if (dedupe_streams(w))
		stream_out_item(w->out, raw);
	else
		spill_entry_put(&w->spill, &w->held, &(struct entry){.raw = raw});
}

/* Sends a record of this level: to the output, or to the level's run. */
static void
give(struct external_dedupe *w, const struct entry *e)
{
	if (w->on_disk)
		spill_entry_put(&w->spill, &w->run,
		    &(struct entry){.number = e->number, .layout = e->layout, .raw = e->raw});
	else
		dedupe_send(w, e);
}

/* In place of the record itself, where only equality counts. */
static uint64_t
print_of(const struct entry *e)
{
	return table_hash(e->raw, e->layout);
}

/* True if the record replaces the one kept so far. */
static bool
is_better(struct external_dedupe *w, const struct entry *kept, const struct entry *e)
{
	static struct value values[2][WANTED_MAX];
	if (w->keep == KEEP_LAST)
		return true;
	/* Both were located before, when they came in. */
	layout_locate(w->layouts, kept->layout, kept->raw, NULL, values[0]);
	layout_locate(w->layouts, e->layout, e->raw, NULL, values[1]);
	int order = order_compare(&values[1][w->keys], &values[0][w->keys]);
	return w->keep == KEEP_MAX ? order > 0 : order < 0;
}

static size_t
part_of(uint64_t hash)
{
	return (size_t)(hash % PARTS);
}

static void
spill(struct external_dedupe *w, uint64_t hash, const struct entry *e)
{
	spill_entry_put(&w->spill, &w->parts[part_of(hash)], e);
	w->spilled++;
}

/*
 * The better record has no room in memory: it goes to disk before the key's later
 * records, as the first of them, with the number of the key's first appearance.
 */
static void
evict(struct external_dedupe *w, uint64_t hash, uint64_t number, const struct entry *e)
{
	struct entry first = *e;
	first.number = number;
	spill(w, hash, &first);
	w->evicted[part_of(hash)] = w->evicted_any = true;
	w->full = true;
}

static void
take_known(struct external_dedupe *w, uint64_t hash, size_t place, const struct entry *e)
{
	uint64_t ref = table_ref(&w->table, place);
	if (w->keep == KEEP_FIRST) {
		w->duplicates++;
		w->conflicts += ref != print_of(e);
		return;
	}
	if (!ref) {
		spill(w, hash, e);
		return;
	}
	struct entry kept = record_arena_entry(&w->records, &w->table, place);
	w->duplicates++;
	if (kept.layout == e->layout && slice_equal(kept.raw, e->raw))
		return;
	w->conflicts++;
	if (is_better(w, &kept, e) && !record_arena_replace(&w->records, &w->table, place, e))
		evict(w, hash, kept.number, e);
}

/* False if memory has no room for it. */
static bool
add(struct external_dedupe *w, uint64_t hash, const struct entry *e)
{
	if (w->keep == KEEP_FIRST) {
		if (!table_add(&w->table, hash, e->key, print_of(e)))
			return false;
		give(w, e);
		return true;
	}
	uint64_t ref = record_arena_add(&w->records, &w->table, table_next_place(&w->table), e);
	if (!ref)
		return false;
	if (table_add(&w->table, hash, e->key, ref))
		return true;
	record_arena_take_back(&w->records, ref);
	return false;
}

uint64_t
dedupe_expect(const struct external_dedupe *w, struct slice key)
{
	uint64_t hash = table_hash(key, w->seed);
	table_expect(&w->table, hash);
	return hash;
}

void
dedupe_take(struct external_dedupe *w, uint64_t hash, const struct entry *e)
{
	size_t place = table_find(&w->table, hash, e->key);
	if (place != TABLE_NONE) {
		take_known(w, hash, place, e);
		return;
	}
	if (!w->full && add(w, hash, e))
		return;
	if (!w->table.used)
		die(STATUS_DATA, "record %" PRIu64 ": its %zu bytes do not fit into --memory",
		    e->number, e->raw.n + e->key.n);
	w->full = true;
	spill(w, hash, e);
}

static uint64_t
number_at(const struct external_dedupe *w, uint64_t place)
{
	return record_arena_entry(&w->records, &w->table, (size_t)place).number;
}

/* Heap sort of places by their numbers: it needs no memory, which is short here. */
static void
sift(const struct external_dedupe *w, uint64_t *places, size_t i, size_t n)
{
	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && number_at(w, places[child]) < number_at(w, places[child + 1]))
			child++;
		if (number_at(w, places[i]) >= number_at(w, places[child]))
			return;
		uint64_t t = places[i];
		places[i] = places[child];
		places[child] = t;
	}
}

static void
sort_places(const struct external_dedupe *w, uint64_t *places, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(w, places, i, n);
	for (size_t last = n; last-- > 1;) {
		uint64_t t = places[0];
		places[0] = places[last];
		places[last] = t;
		sift(w, places, 0, last);
	}
}

static void
give_place(struct external_dedupe *w, size_t place)
{
	struct entry e = record_arena_entry(&w->records, &w->table, place);
	give(w, &e);
}

/* All that is remembered, in the order of first appearance. */
static void
give_remembered(struct external_dedupe *w)
{
	const struct table *t = &w->table;
	size_t n = 0;
	for (size_t place = 0; place < t->keys.n; place = table_behind(t, place)) {
		if (!table_ref(t, place))
			continue;
		/* The hash slots are no longer needed: their memory holds the list to sort. */
		if (w->unsorted)
			t->slots[n++] = place;
		else
			give_place(w, place);
	}
	if (w->unsorted)
		sort_places(w, t->slots, n);
	for (size_t i = 0; i < n; i++)
		give_place(w, t->slots[i]);
}

static void
end_level(struct external_dedupe *w)
{
	/* Records on disk may belong before those in memory only when some were taken out. */
	if (w->evicted_any)
		w->on_disk = true;
	if (w->keep != KEEP_FIRST)
		give_remembered(w);
	uint64_t run = spill_end(&w->spill, &w->run);
	if (run)
		chains_add(&w->runs, run, false);
	for (size_t i = 0; i < PARTS; i++) {
		uint64_t part = spill_end(&w->spill, &w->parts[i]);
		if (part)
			chains_add(&w->pending, part, w->unsorted || w->evicted[i]);
		w->evicted[i] = false;
	}
	table_reset(&w->table);
	record_arena_reset(&w->records);
	w->full = w->evicted_any = false;
	w->on_disk = true;
}

static void
run_level(struct external_dedupe *w, struct chain chain)
{
	static struct buf body;
	struct reader r = {0};
	w->seed += 0x9e3779b97f4a7c15u; /* any odd step: another hash for each level */
	w->unsorted = chain.unsorted;
	reader_open(&w->spill, &r, chain.name);
	while (reader_next(&w->spill, &r)) {
		reader_body(&w->spill, &r, &body);
		dedupe_take(w, dedupe_expect(w, r.e.key), &r.e);
	}
	end_level(w);
}

void
dedupe_finish(struct external_dedupe *w)
{
	end_level(w);
	while (w->pending.n)
		run_level(w, w->pending.list[--w->pending.n]);
	for (size_t i = 0; i < PARTS; i++)
		spill_writer_free(&w->parts[i]);
	spill_writer_free(&w->run);
	runs_send(w);
}
