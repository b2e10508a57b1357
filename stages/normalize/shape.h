/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_SHAPE_H
#define STAGES_NORMALIZE_SHAPE_H

#include "common/record/record.h"

/*
 * The names that somebody asks for in a map (a record, or an object in one), and where
 * they stood last time: going through a map of a stable shape costs one compare a name.
 */

enum { NOBODY = -1 };

struct slot {
	struct slice name;
	uint64_t record; /* in which the value was seen last */
	struct value value;
	struct shape *below; /* what is asked for in the object that it is; NULL: nothing */
};

/* What stood at this position of the last map, or stands there by the schema. */
struct place {
	struct slice name; /* a copy of its own */
	size_t cap;
	long slot; /* or NOBODY */
	enum value_type type;
};

/* An all-zero shape asks for nothing. */
struct shape {
	struct slot *slots;
	size_t n_slots;
	struct place *places;
	size_t n_places;
	uint64_t record; /* that it was gone through for */
};

/* The slot of the name, made if need be; the name must live on. */
long shape_add(struct shape *shape, struct slice name);
/* The same in the object that is the slot's value. */
long shape_add_below(struct shape *shape, long slot, struct slice name);

/* The first n places, made if need be. */
void shape_grow(struct shape *shape, size_t n);
/* Inline (C99; the definition is in shape.c), as it runs for every field of every record. */
inline bool
place_is(const struct place *place, struct slice name)
{
	return place->cap && place->name.n == name.n && memcmp(place->name.p, name.p, name.n) == 0;
}

/* Another name stands at place i now; it is looked for behind the slot of the name before it (or NOBODY). */
struct place *shape_learn(struct shape *shape, size_t i, struct slice name, long last);

/* Goes through the object of one slot, once a record; false when it is none, or not to be gone through so. */
bool shape_read_below(struct slot *slot, uint64_t record);

#endif
