/* SPDX-License-Identifier: MIT */
#include "stages/sort-records/held.h"
#include "common/program/message.h"

enum { IN_MEMORY = 64 * 1024 };

/* Before each item in the buffer and the chain: its length. */
static void
put_length(struct buf *b, size_t n)
{
	uint32_t length = (uint32_t)n;
	buf_put(b, &length, sizeof length);
}

void
held_put(struct held *h, struct spill *s, struct slice item)
{
	if (h->items.n + item.n > IN_MEMORY && h->items.n) {
		spill_put(s, &h->chain, h->items.p, h->items.n);
		buf_reset(&h->items);
	}
	put_length(&h->items, item.n);
	buf_put_slice(&h->items, item);
	buf_check(&h->items, "states and coverage", NULL);
}

static void
send_spilled(struct spill *s, uint64_t chain, struct stream_out *out)
{
	struct spill_reader r = {0};
	struct buf body = {0};
	spill_open(s, &r, chain);
	while (spill_more(s, &r)) {
		uint32_t n;
		spill_get(s, &r, &n, sizeof n);
		buf_reset(&body);
		char *p = buf_reserve(&body, n);
		buf_check(&body, "states and coverage", NULL);
		spill_get(s, &r, p, n);
		stream_out_item(out, (struct slice){p, n});
	}
	spill_drop(s, &r);
	spill_reader_free(&r);
	buf_free(&body);
}

void
held_send(struct held *h, struct spill *s, struct stream_out *out)
{
	uint64_t chain = spill_end(s, &h->chain);
	if (chain)
		send_spilled(s, chain, out);
	for (size_t at = 0; at < h->items.n;) {
		uint32_t n;
		memcpy(&n, h->items.p + at, sizeof n);
		at += sizeof n;
		stream_out_item(out, (struct slice){h->items.p + at, n});
		at += n;
	}
}
