/* SPDX-License-Identifier: MIT */
#include "stages/dedupe/record_arena.h"

struct item {
	uint64_t owner; /* place of the key */
	uint64_t number;
	uint32_t layout;
	uint32_t n;    /* bytes of the record; at most STREAM_RECORD_MAX */
	uint32_t room; /* bytes available for the record */
	uint32_t spare;
};

void
record_arena_init(struct record_arena *h, struct budget *budget)
{
	*h = (struct record_arena){.arena.budget = budget};
}

static size_t
room_for(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static struct item *
item_at(const struct record_arena *h, size_t at)
{
	/* The arena is page-aligned and all sizes are multiples of 8. */
	return (struct item *)(void *)(h->arena.p + at);
}

static size_t
item_size(const struct item *item)
{
	return sizeof *item + item->room;
}

/* Moves the live records to the front, over the holes. */
static void
compact(struct record_arena *h, struct table *t)
{
	size_t to = 0;
	for (size_t from = 0; from < h->arena.n;) {
		struct item *item = item_at(h, from);
		size_t size = item_size(item);
		if (table_ref(t, item->owner) == from + 1) {
			size_t owner = item->owner;
			item->room = (uint32_t)room_for(item->n);
			size_t kept = item_size(item);
			memmove(h->arena.p + to, item, kept);
			table_set_ref(t, owner, to + 1);
			to += kept;
		}
		from += size;
	}
	h->arena.n = to;
	h->holes = 0;
}

/* Room for n bytes at the end. Closing holes of an eighth at least pays: each byte is moved eight times at most. */
static bool
make_room(struct record_arena *h, struct table *t, size_t n)
{
	if (arena_room(&h->arena, n))
		return true;
	if (!h->holes || h->holes < h->arena.n / 8)
		return false;
	compact(h, t);
	return arena_room(&h->arena, n);
}

static void
put(struct record_arena *h, size_t at, size_t owner, uint64_t number, const struct entry *e)
{
	struct item *item = item_at(h, at);
	*item = (struct item){
	    .owner = owner,
	    .number = number,
	    .layout = e->layout,
	    .n = (uint32_t)e->raw.n,
	    .room = (uint32_t)room_for(e->raw.n),
	};
	memcpy(item + 1, e->raw.p, e->raw.n);
}

uint64_t
record_arena_add(struct record_arena *h, struct table *t, size_t owner, const struct entry *e)
{
	size_t size = sizeof(struct item) + room_for(e->raw.n);
	if (!make_room(h, t, size))
		return 0;
	size_t at = h->arena.n;
	put(h, at, owner, e->number, e);
	h->arena.n += size;
	return at + 1;
}

void
record_arena_take_back(struct record_arena *h, uint64_t ref)
{
	h->arena.n = ref - 1;
}

/* Forgets the record of the key. */
static void
drop(struct record_arena *h, struct table *t, size_t owner)
{
	h->holes += item_size(item_at(h, table_ref(t, owner) - 1));
	table_set_ref(t, owner, 0);
}

bool
record_arena_replace(struct record_arena *h, struct table *t, size_t owner, const struct entry *e)
{
	struct item *item = item_at(h, table_ref(t, owner) - 1);
	uint64_t number = item->number;
	if (e->raw.n <= item->room) {
		item->layout = e->layout;
		item->n = (uint32_t)e->raw.n;
		memcpy(item + 1, e->raw.p, e->raw.n);
		return true;
	}
	/* The old record's space may be exactly the space the new one needs. */
	drop(h, t, owner);
	size_t size = sizeof *item + room_for(e->raw.n);
	if (!make_room(h, t, size))
		return false;
	put(h, h->arena.n, owner, number, e);
	table_set_ref(t, owner, h->arena.n + 1);
	h->arena.n += size;
	return true;
}

struct entry
record_arena_entry(const struct record_arena *h, const struct table *t, size_t owner)
{
	const struct item *item = item_at(h, table_ref(t, owner) - 1);
	return (struct entry){
	    .number = item->number,
	    .layout = item->layout,
	    .key = table_key(t, owner),
	    .raw = {(const char *)(item + 1), item->n},
	};
}

void
record_arena_reset(struct record_arena *h)
{
	arena_free(&h->arena);
	h->holes = 0;
}
