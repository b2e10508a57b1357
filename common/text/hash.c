/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <xxhash.h>

#include "common/text/hash.h"

/*
 * xxHash as Debian builds it also has these, which use AVX2 and AVX-512 where the processor has
 * them, at half the cost. A library without them leaves them NULL.
 */
XXH_errorcode XXH3_64bits_update_dispatch(XXH3_state_t *state, const void *p, size_t n)
    __attribute__((weak));
XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t *state, const void *p, size_t n)
    __attribute__((weak));
XXH64_hash_t XXH3_64bits_dispatch(const void *p, size_t n) __attribute__((weak));

enum { LONG = 240 }; /* bytes from which xxHash uses vectors */

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
hash_free(struct hash *h)
{
	if (h)
		XXH3_freeState(h->state);
	free(h);
}

void
hash_reset(struct hash *h)
{
	XXH3_64bits_reset(h->state);
}

void
hash_update(struct hash *h, const void *p, size_t n)
{
	if (XXH3_64bits_update_dispatch)
		XXH3_64bits_update_dispatch(h->state, p, n);
	else
		XXH3_64bits_update(h->state, p, n);
}

uint64_t
hash_value(const struct hash *h)
{
	return XXH3_64bits_digest(h->state);
}

struct hash128 {
	XXH3_state_t *state;
};

struct hash128 *
hash128_new(void)
{
	struct hash128 *h = malloc(sizeof *h);
	if (!h)
		return NULL;
	h->state = XXH3_createState();
	if (!h->state) {
		free(h);
		return NULL;
	}
	hash128_reset(h);
	return h;
}

void
hash128_free(struct hash128 *h)
{
	if (h)
		XXH3_freeState(h->state);
	free(h);
}

void
hash128_reset(struct hash128 *h)
{
	XXH3_128bits_reset(h->state);
}

void
hash128_update(struct hash128 *h, const void *p, size_t n)
{
	if (XXH3_128bits_update_dispatch)
		XXH3_128bits_update_dispatch(h->state, p, n);
	else
		XXH3_128bits_update(h->state, p, n);
}

void
hash128_copy(struct hash128 *to, const struct hash128 *from)
{
	XXH3_copyState(to->state, from->state);
}

void
hash128_value(const struct hash128 *h, unsigned char to[HASH128_BYTES])
{
	XXH128_canonical_t canonical;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(h->state));
	memcpy(to, canonical.digest, HASH128_BYTES);
}

uint64_t
hash64(const void *p, size_t n)
{
	/* What is short takes no vector anyway. */
	return n > LONG && XXH3_64bits_dispatch ? XXH3_64bits_dispatch(p, n) : XXH3_64bits(p, n);
}

uint64_t
hash64_seeded(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}
