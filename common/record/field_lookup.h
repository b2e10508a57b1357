/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_FIELD_LOOKUP_H
#define COMMON_RECORD_FIELD_LOOKUP_H

#include "common/text/bytes.h"

/*
 * Finds which of the wanted names each field of a map has. The caller passes
 * the fields of a map with their positions, and the result for each position is
 * remembered: in maps of the same shape, or under one schema, a field costs one
 * comparison. So does a field that is not wanted.
 *
 * All-zero wants no names. Names are copied. A name of n bytes takes n bytes
 * and a few words, and so does each position; the caller limits both numbers
 * (FIELDS_MAX).
 */

struct field_place {
	char *name; /* the field that was here last; NULL: none yet */
	size_t n, cap;
	long wanted; /* index of its name, or -1 */
	size_t next; /* where the search for the field after it begins */
};

struct field_lookup {
	struct slice *names; /* the wanted ones */
	size_t n;
	struct field_place *places;
	size_t n_places;
};

/* The index of a name, which is added unless it is there. -1: no memory. */
long field_lookup_add(struct field_lookup *l, struct slice name);

/* Looks for another name than the last one at this position, and remembers it if memory allows. */
long field_lookup_learn(struct field_lookup *l, size_t position, struct slice name);

/* Equal bytes. Most names have 4 to 16: two loads that may overlap are cheaper than a call. */
inline bool
field_lookup_same(const char *a, const char *b, size_t n)
{
	if (n < 4 || n > 16)
		return memcmp(a, b, n) == 0;
	if (n < 8) {
		uint32_t first[2], last[2];
		memcpy(&first[0], a, 4);
		memcpy(&first[1], b, 4);
		memcpy(&last[0], a + n - 4, 4);
		memcpy(&last[1], b + n - 4, 4);
		return first[0] == first[1] && last[0] == last[1];
	}
	uint64_t first[2], last[2];
	memcpy(&first[0], a, 8);
	memcpy(&first[1], b, 8);
	memcpy(&last[0], a + n - 8, 8);
	memcpy(&last[1], b + n - 8, 8);
	return first[0] == first[1] && last[0] == last[1];
}

/* The index of the name of the field at a position of a map, or -1. Inline: it runs for every field. */
inline long
field_lookup_at(struct field_lookup *l, size_t position, struct slice name)
{
	if (position < l->n_places) {
		const struct field_place *place = &l->places[position];
		if (place->name && place->n == name.n &&
		    field_lookup_same(place->name, name.p, name.n))
			return place->wanted;
	}
	return field_lookup_learn(l, position, name);
}

/* Frees the memory; nothing is wanted then. */
void field_lookup_free(struct field_lookup *l);

#endif
