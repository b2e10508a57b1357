/* SPDX-License-Identifier: MIT */
#include "stages/normalize/lookup.h"
#include "common/program/message.h"
#include "common/record/mp.h"

long
lookup_add(struct lookup *lookup, struct slice name)
{
	long slot = field_lookup_add(&lookup->names, name);
	if (slot < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	if ((size_t)slot < lookup->n_slots)
		return slot;
	lookup->slots = xrealloc(lookup->slots, (lookup->n_slots + 1) * sizeof *lookup->slots);
	lookup->slots[lookup->n_slots] = (struct slot){.name = name};
	return (long)lookup->n_slots++;
}

long
lookup_add_below(struct lookup *lookup, long slot, struct slice name)
{
	struct slot *at = &lookup->slots[slot];
	if (!at->below)
		at->below = xcalloc(1, sizeof *at->below);
	return lookup_add(at->below, name);
}

bool
lookup_read_below(struct slot *slot, uint64_t record)
{
	struct lookup *lookup = slot->below;
	struct mp_token t;
	const char *end = slot->value.raw.p + slot->value.raw.n;
	const char *p = mp_read(slot->value.raw.p, end, &t);
	if (t.type != MP_MAP || t.n > FIELDS_MAX)
		return false;
	if (lookup->record == record)
		return true;
	lookup->record = record;
	for (size_t i = 0; i < t.n; i++) {
		struct mp_token key;
		const char *body = mp_read(p, end, &key);
		/* What no path can name is not a business of ours. */
		if (key.type != MP_STR || key.n > NAME_MAX_BYTES) {
			p = mp_skip(mp_skip(p, end), end);
			continue;
		}
		p = body;
		long at = field_lookup_at(&lookup->names, i, (struct slice){key.p, key.n});
		if (at == NOBODY) {
			p = mp_skip(p, end);
			continue;
		}
		/* Of a name that an object has twice, the first counts, as in value_get_path. */
		struct value other;
		bool again = lookup->slots[at].record == record;
		p = value_read(p, end, again ? &other : &lookup->slots[at].value);
		lookup->slots[at].record = record;
	}
	return true;
}
