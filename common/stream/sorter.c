/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "common/stream/sorter.h"

enum {
	BLOCK_MIN = 16 * 1024,
	BLOCK_MAX = 256 * 1024,
	AHEAD = 12, /* records that are fetched into the cache before they are returned */
};

/* A run that is being read. */
struct sort_run {
	struct spill_reader chain;
	struct buf body;       /* of an item that is not in one block */
	struct sort_item item; /* the next one of this run */
	uint64_t prefix;       /* of its key */
	size_t order;          /* the runs with lower numbers have the earlier records */
};

void
sorter_init(struct sorter *s, size_t memory, const char *folder, const char *option)
{
	size_t block = memory / 128 / 4096 * 4096;
	s->block = block < BLOCK_MIN ? BLOCK_MIN : block > BLOCK_MAX ? BLOCK_MAX : block;
	/* One block is for the run that is being written. */
	s->budget.limit = memory - s->block;
	s->items.budget = s->entries.budget = &s->budget;
	spill_init(&s->spill, folder, option, s->block);
}

static size_t
entry_count(const struct sorter *s)
{
	return s->entries.n / sizeof(struct sort_entry);
}

static struct sort_entry *
entries(const struct sorter *s)
{
	return (struct sort_entry *)(void *)s->entries.p;
}

static void
add_run(struct sorter *s, uint64_t chain)
{
	s->runs = xrealloc(s->runs, (s->run_count + 1) * sizeof *s->runs);
	s->runs[s->run_count++] = chain;
}

/* The record of an entry in memory; those that come next are fetched into the cache. */
static struct sort_item
item_of(const struct sorter *s, size_t i)
{
	if (i + AHEAD < entry_count(s)) {
		const char *next = s->items.p + entries(s)[i + AHEAD].place;
		__builtin_prefetch(next);
		__builtin_prefetch(next + 64);
		__builtin_prefetch(next + 128);
	}
	return sort_item_at(s->items.p + entries(s)[i].place);
}

/* Writes the records in memory as a run. */
static void
write_run(struct sorter *s)
{
	struct spill_writer w = {0};
	size_t n = entry_count(s);
	key_sort(entries(s), n, s->items.p);
	for (size_t i = 0; i < n; i++) {
		struct sort_item item = item_of(s, i);
		spill_put(
		    &s->spill, &w, item.key.p - SORT_HEAD, SORT_HEAD + item.key.n + item.raw.n);
	}
	s->spilled += n;
	add_run(s, spill_end(&s->spill, &w));
	spill_writer_free(&w);
	s->items.n = s->entries.n = 0;
}

static bool
has_room(struct sorter *s, size_t size)
{
	return arena_room(&s->entries, sizeof(struct sort_entry)) && arena_room(&s->items, size);
}

void
sorter_add(struct sorter *s, const struct sort_item *item)
{
	size_t size;
	bool fits = sort_item_size(item, &size);
	if (fits && !has_room(s, size)) {
		if (s->entries.n)
			write_run(s);
		fits = has_room(s, size);
	}
	if (!fits && !s->entries.n) {
		/* One of the two may have grown at the cost of the other. */
		arena_free(&s->items);
		arena_free(&s->entries);
		fits = sort_item_size(item, &size) && has_room(s, size);
	}
	if (!fits)
		die(STATUS_DATA, "record %" PRIu64 ": its %zu bytes do not fit into --memory",
		    item->number, item->raw.n + item->key.n);
	sort_item_write(s->items.p + s->items.n, item);
	entries(s)[entry_count(s)] = (struct sort_entry){sort_prefix(item->key, 0), s->items.n};
	s->items.n += size;
	s->entries.n += sizeof(struct sort_entry);
}

/* Reads the next item of a run; false at its end. */
static bool
run_next(struct sorter *s, struct sort_run *r)
{
	char head[SORT_HEAD];
	if (!spill_more(&s->spill, &r->chain))
		return false;
	struct spill_reader *chain = &r->chain;
	spill_get(&s->spill, chain, head, SORT_HEAD);
	sort_item_head(head, &r->item);
	size_t n = r->item.key.n + r->item.raw.n;
	if (chain->n - chain->at >= n) {
		r->item.key.p = chain->buf + chain->at;
		chain->at += n;
	} else {
		buf_reset(&r->body);
		char *p = buf_reserve(&r->body, n);
		buf_check(&r->body, "a record from --tmp", NULL);
		spill_get(&s->spill, chain, p, n);
		r->item.key.p = p;
	}
	r->item.raw.p = r->item.key.p + r->item.key.n;
	r->prefix = sort_prefix(r->item.key, 0);
	return true;
}

static bool
before(const struct sort_run *a, const struct sort_run *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	int order = slice_compare(a->item.key, b->item.key);
	return order < 0 || (order == 0 && a->order < b->order);
}

static void
sift(struct sorter *s, size_t i)
{
	struct sort_run *r = s->merged;
	for (size_t child; (child = 2 * i + 1) < s->merged_count; i = child) {
		if (child + 1 < s->merged_count && before(&r[child + 1], &r[child]))
			child++;
		if (before(&r[i], &r[child]))
			return;
		struct sort_run t = r[i];
		r[i] = r[child];
		r[child] = t;
	}
}

/* Begins to merge n runs from the one with index first on. */
static void
open_runs(struct sorter *s, size_t first, size_t n)
{
	s->merged = xcalloc(n, sizeof *s->merged);
	s->merged_count = n;
	s->taken = false;
	for (size_t i = 0; i < n; i++) {
		spill_open(&s->spill, &s->merged[i].chain, s->runs[first + i]);
		s->merged[i].order = i;
		run_next(s, &s->merged[i]);
	}
	for (size_t i = n / 2; i-- > 0;)
		sift(s, i);
}

/* Goes on to the next record of the run that is first; a run that has ended gives its blocks back. */
static void
move_on(struct sorter *s)
{
	struct sort_run *top = &s->merged[0];
	if (!run_next(s, top)) {
		spill_drop(&s->spill, &top->chain);
		spill_reader_free(&top->chain);
		buf_free(&top->body);
		*top = s->merged[--s->merged_count];
	}
	sift(s, 0);
}

static bool
merge_next(struct sorter *s, struct sort_item *item)
{
	if (s->taken)
		move_on(s);
	s->taken = s->merged_count > 0;
	if (!s->taken) {
		free(s->merged);
		s->merged = NULL;
		return false;
	}
	*item = s->merged[0].item;
	return true;
}

/* Makes one run of n, which are replaced by it at the index to. */
static void
merge_some(struct sorter *s, size_t first, size_t n, size_t to)
{
	struct spill_writer w = {0};
	struct sort_item item;
	open_runs(s, first, n);
	while (merge_next(s, &item)) {
		char head[SORT_HEAD];
		sort_item_write_head(head, &item);
		spill_put(&s->spill, &w, head, SORT_HEAD);
		spill_put(&s->spill, &w, item.key.p, item.key.n + item.raw.n);
		s->spilled++;
	}
	s->runs[to] = spill_end(&s->spill, &w);
	spill_writer_free(&w);
}

/* Neighbours are merged, until all runs that are left can be read at once. */
static void
merge_down(struct sorter *s)
{
	size_t most = s->budget.limit / (s->block + sizeof(struct sort_run));
	while (s->run_count > most) {
		size_t left = 0;
		for (size_t first = 0; first < s->run_count; first += most, left++)
			if (s->run_count - first == 1)
				s->runs[left] = s->runs[first];
			else
				merge_some(s, first,
				    s->run_count - first < most ? s->run_count - first : most,
				    left);
		s->run_count = left;
	}
}

void
sorter_finish(struct sorter *s)
{
	if (!s->run_count) {
		key_sort(entries(s), entry_count(s), s->items.p);
		return;
	}
	if (s->entries.n)
		write_run(s);
	arena_free(&s->items);
	arena_free(&s->entries);
	merge_down(s);
	open_runs(s, 0, s->run_count);
}

bool
sorter_next(struct sorter *s, struct sort_item *item)
{
	if (s->merged)
		return merge_next(s, item);
	if (s->at == entry_count(s))
		return false;
	*item = item_of(s, s->at++);
	return true;
}
