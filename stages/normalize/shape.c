/* SPDX-License-Identifier: MIT */
#include "stages/normalize/shape.h"
#include "common/program/message.h"
#include "common/record/mp.h"

long
shape_add(struct shape *shape, struct slice name)
{
	long slot = field_lookup_add(&shape->lookup, name);
	if (slot < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	if ((size_t)slot < shape->n_slots)
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
	for (size_t i = 0; i < t.n; i++) {
		struct mp_token key;
		const char *body = mp_read(p, end, &key);
		/* What no path can name is not a business of ours. */
		if (key.type != MP_STR || key.n > NAME_MAX_BYTES) {
			p = mp_skip(mp_skip(p, end), end);
			continue;
		}
		p = body;
		long at = field_lookup_at(&shape->lookup, i, (struct slice){key.p, key.n});
		if (at == NOBODY) {
			p = mp_skip(p, end);
			continue;
		}
		/* Of a name that an object has twice, the first counts, as in value_get_path. */
		struct value other;
		bool again = shape->slots[at].record == record;
		p = value_read(p, end, again ? &other : &shape->slots[at].value);
		shape->slots[at].record = record;
	}
	return true;
}
