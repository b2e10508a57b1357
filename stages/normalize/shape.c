/* SPDX-License-Identifier: MIT */
#include "stages/normalize/shape.h"
#include "common/program/message.h"
#include "common/record/mp.h"

/* The slot of the name; looked for from where it is likely to be, so that fields may come and go. */
static long
find_slot(const struct shape *shape, struct slice name, size_t from)
{
	for (size_t i = 0; i < shape->n_slots; i++) {
		size_t at = from + i < shape->n_slots ? from + i : from + i - shape->n_slots;
		if (slice_equal(shape->slots[at].name, name))
			return (long)at;
	}
	return NOBODY;
}

long
shape_add(struct shape *shape, struct slice name)
{
	long slot = find_slot(shape, name, 0);
	if (slot != NOBODY)
		return slot;
	shape->slots = xrealloc(shape->slots, (shape->n_slots + 1) * sizeof *shape->slots);
	shape->slots[shape->n_slots] = (struct slot){.name = name};
	return (long)shape->n_slots++;
}

long
shape_add_below(struct shape *shape, long slot, struct slice name)
{
	struct slot *at = &shape->slots[slot];
	if (!at->below)
		at->below = xcalloc(1, sizeof *at->below);
	return shape_add(at->below, name);
}

void
shape_grow(struct shape *shape, size_t n)
{
	if (n <= shape->n_places)
		return;
	shape->places = xrealloc(shape->places, n * sizeof *shape->places);
	for (size_t i = shape->n_places; i < n; i++)
		shape->places[i] = (struct place){.slot = NOBODY};
	shape->n_places = n;
}

extern inline bool place_is(const struct place *place, struct slice name);

struct place *
shape_learn(struct shape *shape, size_t i, struct slice name, long last)
{
	struct place *place = &shape->places[i];
	if (name.n >= place->cap) {
		place->cap = name.n + 32;
		place->name.p = xrealloc((void *)(uintptr_t)place->name.p, place->cap);
	}
	memcpy((void *)(uintptr_t)place->name.p, name.p, name.n);
	place->name.n = name.n;
	size_t from = (size_t)(last + 1);
	place->slot = find_slot(shape, name, from < shape->n_slots ? from : 0);
	return place;
}

bool
shape_read_below(struct slot *slot, uint64_t record)
{
	struct shape *shape = slot->below;
	struct mp_token t;
	const char *end = slot->value.raw.p + slot->value.raw.n;
	const char *p = mp_read(slot->value.raw.p, end, &t);
	if (t.type != MP_MAP || t.n > FIELDS_MAX)
		return false;
	if (shape->record == record)
		return true;
	shape->record = record;
	shape_grow(shape, t.n);
	long last = NOBODY;
	for (size_t i = 0; i < t.n; i++) {
		struct mp_token key;
		const char *body = mp_read(p, end, &key);
		/* What no path can name is no business of ours. */
		if (key.type != MP_STR || key.n > NAME_MAX_BYTES) {
			p = mp_skip(mp_skip(p, end), end);
			continue;
		}
		p = body;
		struct slice name = {key.p, key.n};
		const struct place *place = &shape->places[i];
		if (!place_is(place, name))
			place = shape_learn(shape, i, name, last);
		long at = place->slot;
		if (at == NOBODY) {
			p = mp_skip(p, end);
			continue;
		}
		last = at;
		/* Of a name that an object has twice, the first counts, as in value_get_path. */
		struct value other;
		bool again = shape->slots[at].record == record;
		p = value_read(p, end, again ? &other : &shape->slots[at].value);
		shape->slots[at].record = record;
	}
	return true;
}
