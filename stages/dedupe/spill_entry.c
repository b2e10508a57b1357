/* SPDX-License-Identifier: MIT */
#include "stages/dedupe/spill_entry.h"
#include "common/program/message.h"

/* Before each entry. */
struct head {
	uint64_t number;
	uint32_t layout, key, raw; /* lengths of key and record */
};

enum { HEAD = 20 }; /* bytes of it that are written */

void
spill_entry_put(struct spill *s, struct spill_writer *w, const struct entry *e)
{
	struct head head = {
	    .number = e->number,
	    .layout = e->layout,
	    .key = (uint32_t)e->key.n,
	    .raw = (uint32_t)e->raw.n,
	};
	spill_put(s, w, &head, HEAD);
	spill_put(s, w, e->key.p, e->key.n);
	spill_put(s, w, e->raw.p, e->raw.n);
}

void
reader_open(struct spill *s, struct reader *r, uint64_t chain)
{
	spill_open(s, &r->chain, chain);
}

bool
reader_next(struct spill *s, struct reader *r)
{
	struct head head;
	if (!spill_more(s, &r->chain)) {
		spill_drop(s, &r->chain);
		spill_reader_free(&r->chain);
		return false;
	}
	spill_get(s, &r->chain, &head, HEAD);
	r->e = (struct entry){
	    .number = head.number,
	    .layout = head.layout,
	    .key.n = head.key,
	    .raw.n = head.raw,
	};
	return true;
}

void
reader_body(struct spill *s, struct reader *r, struct buf *body)
{
	size_t n = r->e.key.n + r->e.raw.n;
	buf_reset(body);
	char *p = buf_reserve(body, n);
	buf_check(body, "a record from --tmp", NULL);
	spill_get(s, &r->chain, p, n);
	body->n = n;
	r->e.key.p = p;
	r->e.raw.p = p + r->e.key.n;
}
