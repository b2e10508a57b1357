/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/names.h"
#include "common/text/hash.h"

enum {
	FEW = 12, /* names that are compared each with each */
	SLOTS_FIRST = 64,
};

bool
names_add(struct names *names, struct slice name)
{
	if (names->n == names->cap) {
		size_t cap = names->cap ? 2 * names->cap : SLOTS_FIRST;
		struct name *list = realloc(names->list, cap * sizeof *list);
		if (!list)
			return false;
		names->list = list;
		names->cap = cap;
	}
	names->list[names->n++] =
	    (struct name){(uint32_t)(name.p - names->start), (uint32_t)name.n};
	return true;
}

struct slice
names_at(const struct names *names, size_t i)
{
	return (struct slice){names->start + names->list[i].at, names->list[i].n};
}

static enum names_found
compare_all(const struct names *names, size_t first, size_t *i)
{
	for (*i = first; *i < names->n; ++*i)
		for (size_t k = first; k < *i; k++)
			if (slice_equal(names_at(names, *i), names_at(names, k)))
				return NAMES_REPEATED;
	return NAMES_UNIQUE;
}

/* Empties the table; it has at least twice n slots. Returns their number, a power of two, or 0. */
static size_t
clear_slots(struct names *names, size_t n)
{
	size_t want = SLOTS_FIRST;
	while (want < 2 * n)
		want *= 2;
	if (want > names->n_slots) {
		uint32_t *slots = realloc(names->slots, want * sizeof *slots);
		if (!slots)
			return 0;
		names->slots = slots;
		names->n_slots = want;
	}
	memset(names->slots, 0, want * sizeof *names->slots);
	return want;
}

enum names_found
names_find_repeated(struct names *names, size_t first, size_t *i)
{
	if (names->n - first <= FEW)
		return compare_all(names, first, i);
	size_t slots = clear_slots(names, names->n - first);
	if (!slots)
		return NAMES_NO_MEMORY;
	/* Foreign names cannot be made to collide under a seed that they do not know. */
	uint64_t seed = (uint64_t)(uintptr_t)names;
	for (*i = first; *i < names->n; ++*i) {
		struct slice name = names_at(names, *i);
		size_t k = hash64_seeded(name.p, name.n, seed) & (slots - 1);
		for (; names->slots[k]; k = (k + 1) & (slots - 1))
			if (slice_equal(names_at(names, names->slots[k] - 1), name))
				return NAMES_REPEATED;
		names->slots[k] = (uint32_t)*i + 1;
	}
	return NAMES_UNIQUE;
}
