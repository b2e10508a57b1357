/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_LOOKUP_H
#define STAGES_NORMALIZE_LOOKUP_H

#include "common/record/field_lookup.h"
#include "common/record/record.h"

/*
 * The names that are asked for in a map (a record, or an object in one), found by
 * field_lookup.h, and their values in the current record.
 */

enum { NOBODY = -1 };

struct slot {
	struct slice name;
	uint64_t record; /* in which the value was seen last */
	struct value value;
	bool asked;           /* the field is, as a whole, the source of an operand, or dropped */
	bool kept;            /* by --rest keep */
	struct lookup *below; /* what is asked for in the object that it is; NULL: nothing */
};

/* An all-zero lookup asks for nothing. */
struct lookup {
	struct slot *slots;
	size_t n_slots;
	struct field_lookup names; /* of the names of slots, by the same index */
	uint64_t record;           /* that it was gone through for */
};

/* The slot of the name, made if need be; the name must live on. */
long lookup_add(struct lookup *lookup, struct slice name);
/* The same in the object that is the slot's value. */
long lookup_add_below(struct lookup *lookup, long slot, struct slice name);

/*
 * Goes through the object of one slot, once a record; false if it is none, or
 * not to be gone through so.
 */
bool lookup_read_below(struct slot *slot, uint64_t record);

#endif
