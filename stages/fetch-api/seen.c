/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/fetch-api/seen.h"

enum { FIRST_SIZE = 64 }; /* a power of two, as all sizes are */

/* The hash's slot, or the free one where it belongs. */
static struct seen_slot *
slot_of(const struct seen *s, uint64_t hash)
{
	size_t at = (size_t)hash & (s->size - 1);
	while (s->slots[at].page && s->slots[at].hash != hash)
		at = (at + 1) & (s->size - 1);
	return &s->slots[at];
}

static void
grow(struct seen *s)
{
	struct seen larger = {.size = s->size ? s->size * 2 : FIRST_SIZE, .n = s->n};
	larger.slots = xcalloc(larger.size, sizeof *larger.slots);
	for (size_t i = 0; i < s->size; i++)
		if (s->slots[i].page)
			*slot_of(&larger, s->slots[i].hash) = s->slots[i];
	free(s->slots);
	*s = larger;
}

uint64_t
seen_before(struct seen *s, uint64_t hash, uint64_t page)
{
	if (s->n * 2 >= s->size)
		grow(s);
	struct seen_slot *slot = slot_of(s, hash);
	if (slot->page)
		return slot->page;
	*slot = (struct seen_slot){hash, page};
	s->n++;
	return 0;
}

void
seen_free(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){0};
}
