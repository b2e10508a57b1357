/* SPDX-License-Identifier: MIT */
/* For mremap, which is Linux's own: growing moves page table entries, not bytes. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "common/program/message.h"
#include "common/stream/arena.h"

enum { STEP = 64 * 1024 };

bool
budget_take(struct budget *b, size_t n)
{
	if (n > b->limit - b->used)
		return false;
	b->used += n;
	return true;
}

void
budget_give(struct budget *b, size_t n)
{
	b->used -= n;
}

static size_t
rounded(size_t n)
{
	return (n + STEP - 1) / STEP * STEP;
}

/* Not by malloc: freed memory is to go back to the system at once, otherwise --memory would not be a real limit. */
static void
resize(struct arena *r, size_t cap)
{
	void *p = r->p
		      ? mremap(r->p, r->cap, cap, MREMAP_MAYMOVE)
		      : mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die_errno(
		    STATUS_TRY_AGAIN, "no memory for %zu of the bytes that --memory allows", cap);
	r->p = p;
	r->cap = cap;
}

bool
arena_room(struct arena *r, size_t n)
{
	size_t want;
	if (!size_add(r->n, n, &want) || want > SIZE_MAX / 2)
		return false;
	if (want <= r->cap)
		return true;
	/* An eighth at a time: few moves, little that is counted and not used. */
	size_t cap = rounded(want + r->cap / 8);
	if (!budget_take(r->budget, cap - r->cap)) {
		cap = rounded(want);
		if (!budget_take(r->budget, cap - r->cap))
			return false;
	}
	resize(r, cap);
	return true;
}

void
arena_free(struct arena *r)
{
	if (r->p)
		munmap(r->p, r->cap);
	budget_give(r->budget, r->cap);
	*r = (struct arena){.budget = r->budget};
}
