/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <xxhash.h>

#include "common/text/hash.h"

struct hash {
	XXH3_state_t *state; /* by xxHash's own allocator: it wants 64-byte alignment */
};

struct hash *
hash_new(void)
{
	struct hash *h = malloc(sizeof *h);
	if (!h)
		return NULL;
	h->state = XXH3_createState();
	if (!h->state) {
		free(h);
		return NULL;
	}
	hash_reset(h);
	return h;
}

void
hash_reset(struct hash *h)
{
	XXH3_64bits_reset(h->state);
}

void
hash_update(struct hash *h, const void *p, size_t n)
{
	XXH3_64bits_update(h->state, p, n);
}

uint64_t
hash_value(const struct hash *h)
{
	return XXH3_64bits_digest(h->state);
}

uint64_t
hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

uint64_t
hash64_seeded(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}
