/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "stages/normalize/held.h"

bool
held_add(struct held *h, enum stream_kind kind, struct slice raw, uint64_t number)
{
	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 64;
		h->items = xrealloc(h->items, h->cap * sizeof *h->items);
	}
	h->items[h->n++] = (struct held_item){kind, number, h->bytes.n, raw.n};
	buf_put_slice(&h->bytes, raw);
	buf_check(&h->bytes, "the first records", NULL);
	h->records += kind == STREAM_RECORD;
	return h->records >= HELD_RECORDS || h->bytes.n >= HELD_BYTES;
}

struct slice
held_raw(const struct held *h, size_t i)
{
	return (struct slice){h->bytes.p + h->items[i].start, h->items[i].n};
}

void
held_clear(struct held *h)
{
	free(h->items);
	buf_free(&h->bytes);
	*h = (struct held){0};
}
