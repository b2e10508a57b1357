/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/field_lookup.h"

extern inline bool field_lookup_same(const char *a, const char *b, size_t n);
extern inline long field_lookup_at(struct field_lookup *l, size_t position, struct slice name);

/* Begins where the name probably is, so that fields may come and go, and goes round. */
static long
search(const struct field_lookup *l, struct slice name, size_t from)
{
	for (size_t i = from; i < l->n; i++)
		if (slice_equal(l->names[i], name))
			return (long)i;
	for (size_t i = 0; i < from && i < l->n; i++)
		if (slice_equal(l->names[i], name))
			return (long)i;
	return -1;
}

/* Positions that had the name while it was not wanted. */
static void
correct_places(struct field_lookup *l, struct slice name, long wanted)
{
	for (size_t i = 0; i < l->n_places; i++) {
		struct field_place *place = &l->places[i];
		if (place->name && slice_equal((struct slice){place->name, place->n}, name))
			place->wanted = wanted;
	}
}

long
field_lookup_add(struct field_lookup *l, struct slice name)
{
	long known = search(l, name, l->n);
	if (known >= 0)
		return known;
	char *copy = malloc(name.n + 1);
	struct slice *names = realloc(l->names, (l->n + 1) * sizeof *names);
	if (names)
		l->names = names;
	if (!copy || !names) {
		free(copy);
		return -1;
	}
	if (name.n)
		memcpy(copy, name.p, name.n);
	l->names[l->n] = (struct slice){copy, name.n};
	correct_places(l, name, (long)l->n);
	return (long)l->n++;
}

static struct field_place *
place_at(struct field_lookup *l, size_t position)
{
	if (position < l->n_places)
		return &l->places[position];
	size_t n = position + 1 > 2 * l->n_places ? position + 1 : 2 * l->n_places;
	struct field_place *places = realloc(l->places, n * sizeof *places);
	if (!places)
		return NULL;
	memset(places + l->n_places, 0, (n - l->n_places) * sizeof *places);
	l->places = places;
	l->n_places = n;
	return &places[position];
}

static bool
set_name(struct field_place *place, struct slice name)
{
	if (!place->name || name.n > place->cap) {
		char *copy = realloc(place->name, name.n + 1);
		if (!copy)
			return false;
		place->name = copy;
		place->cap = name.n;
	}
	if (name.n)
		memcpy(place->name, name.p, name.n);
	place->n = name.n;
	return true;
}

long
field_lookup_learn(struct field_lookup *l, size_t position, struct slice name)
{
	struct field_place *place = place_at(l, position);
	size_t from = place && position ? l->places[position - 1].next : 0;
	long wanted = search(l, name, from < l->n ? from : 0);
	if (place && set_name(place, name)) {
		place->wanted = wanted;
		place->next = wanted >= 0 ? (size_t)wanted + 1 : from;
	}
	return wanted;
}

void
field_lookup_free(struct field_lookup *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->names[i].p);
	for (size_t i = 0; i < l->n_places; i++)
		free(l->places[i].name);
	free(l->names);
	free(l->places);
	*l = (struct field_lookup){0};
}
