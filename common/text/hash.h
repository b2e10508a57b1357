/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_HASH_H
#define COMMON_TEXT_HASH_H

#include "common/text/bytes.h"

/* xxh3 (XXH3_64bits of xxHash 0.8): the seal of a stream. Not a cryptographic hash: it finds accidents, not forgers. */
struct hash;

/* A running hash of zero bytes; NULL if out of memory. */
struct hash *hash_new(void);
void hash_free(struct hash *h);
void hash_reset(struct hash *h);
void hash_update(struct hash *h, const void *p, size_t n);
uint64_t hash_value(const struct hash *h);

/*
 * XXH3-128 with seed 0, running. The value is in the order of xxHash's canonical form, the digits
 * that "xxhsum -H2" prints.
 */
enum { HASH128_BYTES = 16 };
struct hash128;
struct hash128 *hash128_new(void);
void hash128_free(struct hash128 *h);
void hash128_reset(struct hash128 *h);
void hash128_update(struct hash128 *h, const void *p, size_t n);
/* to continues as from would. */
void hash128_copy(struct hash128 *to, const struct hash128 *from);
void hash128_value(const struct hash128 *h, unsigned char to[HASH128_BYTES]);

/* XXH3-64 of bytes that are all there. */
uint64_t hash64(const void *p, size_t n);
/* Another hash for each seed: for tables, where foreign keys must not be able to pile up. */
uint64_t hash64_seeded(const void *p, size_t n, uint64_t seed);

#endif
