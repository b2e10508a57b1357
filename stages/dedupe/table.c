/* SPDX-License-Identifier: MIT */
/* For MAP_ANONYMOUS. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "common/program/message.h"
#include "common/text/hash.h"
#include "stages/dedupe/table.h"

enum { HUGE_FROM = 4 * 1024 * 1024 };
enum { FIRST_SLOTS = 8192, FIRST_SHIFT = 64 - 13, HEAD = 12 };
/* A slot has 32 bits of the hash to find its home by, and 32 for the place in steps of 4 bytes. */
static const size_t SLOTS_MAX = (size_t)1 << 32;
static const size_t KEYS_MAX = (size_t)UINT32_MAX * 4 - 4;

uint64_t
table_hash(struct slice key, uint64_t seed)
{
	return hash64_seeded(key.p, key.n, seed);
}

void
table_init(struct table *t, struct budget *budget)
{
	*t = (struct table){.keys.budget = budget};
}

/* The part of a slot that is compared before the key itself is looked at. */
static uint64_t
tag_of(uint64_t hash)
{
	return hash & 0xffffffff00000000u;
}

/* The first slot to look at: the highest bits, so that a table twice as large is filled from front to back. */
static size_t
home(const struct table *t, uint64_t hash)
{
	return (size_t)(hash >> t->shift);
}

static size_t
place_of(uint64_t slot)
{
	return (size_t)((uint32_t)slot - 1) * 4;
}

static size_t
item_size(size_t key)
{
	return (HEAD + key + 3) & ~(size_t)3;
}

uint64_t
table_ref(const struct table *t, size_t place)
{
	uint64_t ref;
	memcpy(&ref, t->keys.p + place, sizeof ref);
	return ref;
}

void
table_set_ref(struct table *t, size_t place, uint64_t ref)
{
	memcpy(t->keys.p + place, &ref, sizeof ref);
}

struct slice
table_key(const struct table *t, size_t place)
{
	uint32_t n;
	memcpy(&n, t->keys.p + place + 8, sizeof n);
	return (struct slice){t->keys.p + place + HEAD, n};
}

size_t
table_behind(const struct table *t, size_t place)
{
	return place + item_size(table_key(t, place).n);
}

size_t
table_next_place(const struct table *t)
{
	return t->keys.n;
}

void
table_expect(const struct table *t, uint64_t hash)
{
	if (t->slot_count)
		__builtin_prefetch(&t->slots[home(t, hash)]);
}

size_t
table_find(const struct table *t, uint64_t hash, struct slice key)
{
	if (!t->slot_count)
		return TABLE_NONE;
	size_t mask = t->slot_count - 1;
	for (size_t i = home(t, hash); t->slots[i]; i = (i + 1) & mask) {
		if (tag_of(t->slots[i]) != tag_of(hash))
			continue;
		size_t place = place_of(t->slots[i]);
		if (slice_equal(table_key(t, place), key))
			return place;
	}
	return TABLE_NONE;
}

/* slot is tag and place; its home is known from the tag alone, so that growing reads no keys. */
static void
set_slot(struct table *t, uint64_t slot)
{
	size_t mask = t->slot_count - 1;
	size_t i = home(t, slot);
	while (t->slots[i])
		i = (i + 1) & mask;
	t->slots[i] = slot;
}

static uint64_t *
new_slots(size_t n)
{
	void *p = mmap(
	    NULL, n * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die_errno(STATUS_TRY_AGAIN, "no memory for the table that --memory allows");
	/* Looked at in no order: with small pages each look costs a page walk too. All of it is used and counted. */
	if (n * sizeof(uint64_t) >= HUGE_FROM)
		madvise(p, n * sizeof(uint64_t), MADV_HUGEPAGE);
	return p;
}

static void
drop_slots(uint64_t *slots, size_t n, struct budget *budget)
{
	if (slots)
		munmap(slots, n * sizeof *slots);
	budget_give(budget, n * sizeof *slots);
}

/*
 * Twice as many slots, while both tables are there; false if the budget has no
 * room for that.
 */
static bool
grow(struct table *t)
{
	uint64_t *old = t->slots;
	size_t n = t->slot_count;
	size_t more = n ? n * 2 : FIRST_SLOTS;
	if (more > SLOTS_MAX || !budget_take(t->keys.budget, more * sizeof *old))
		return false;
	t->slots = new_slots(more);
	t->slot_count = more;
	t->shift = n ? t->shift - 1 : FIRST_SHIFT;
	for (size_t i = 0; i < n; i++)
		if (old[i])
			set_slot(t, old[i]);
	drop_slots(old, n, t->keys.budget);
	return true;
}

/* One more slot: at most three quarters are used while the table can grow, fifteen sixteenths when it cannot. */
static bool
slot_room(struct table *t)
{
	size_t n = t->slot_count;
	if (t->used + 1 <= n / 4 * 3 || grow(t))
		return true;
	return t->used + 1 <= n / 16 * 15;
}

bool
table_add(struct table *t, uint64_t hash, struct slice key, uint64_t ref)
{
	size_t place = t->keys.n;
	size_t size = item_size(key.n);
	if (key.n > UINT32_MAX || place > KEYS_MAX - size || !arena_room(&t->keys, size) ||
	    !slot_room(t))
		return false;
	uint32_t n = (uint32_t)key.n;
	char *item = t->keys.p + place;
	memcpy(item, &ref, sizeof ref);
	memcpy(item + 8, &n, sizeof n);
	memcpy(item + HEAD, key.p, key.n);
	t->keys.n += size;
	t->used++;
	set_slot(t, tag_of(hash) | (uint64_t)(place / 4 + 1));
	return true;
}

void
table_reset(struct table *t)
{
	drop_slots(t->slots, t->slot_count, t->keys.budget);
	arena_free(&t->keys);
	*t = (struct table){.keys.budget = t->keys.budget};
}
