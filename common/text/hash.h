/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_HASH_H
#define COMMON_TEXT_HASH_H

#include "common/text/bytes.h"

/* xxh3 (XXH3_64bits of xxHash 0.8): the seal of a stream. Not a cryptographic hash: it finds accidents, not forgers. */
struct hash;

/* A running hash of zero bytes; NULL if out of memory. Lives as long as the process. */
struct hash *hash_new(void);
void hash_reset(struct hash *h);
void hash_update(struct hash *h, const void *p, size_t n);
uint64_t hash_value(const struct hash *h);

/* The same of bytes that are all there. */
uint64_t hash64(const void *p, size_t n);
/* Another hash for each seed: for tables, where foreign keys must not be able to pile up. */
uint64_t hash64_seeded(const void *p, size_t n, uint64_t seed);

#endif
