/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_DIGEST_H
#define COMMON_TEXT_DIGEST_H

#include "common/text/bytes.h"

/*
 * Digests, HMAC, ECDSA and random bytes, by libcrypto, for signatures, and digests of objects of
 * S3. For other checksums see hash.h, which is faster.
 */

enum { DIGEST_SHA1 = 20, DIGEST_SHA256 = 32 }; /* bytes of a digest */

/* The digest of data. False if libcrypto fails: it has no memory, or its policy forbids the digest. */
bool digest_sha256(unsigned char to[DIGEST_SHA256], struct slice data);
bool digest_hmac_sha256(unsigned char to[DIGEST_SHA256], struct slice key, struct slice data);
bool digest_hmac_sha1(unsigned char to[DIGEST_SHA1], struct slice key, struct slice data);

/* Random bytes of the kernel's quality; false if libcrypto fails. */
bool digest_random(void *to, size_t n);

/* A private key of the curve P-256. */
struct digest_key;

/*
 * Reads it from PEM without a pass phrase ("BEGIN PRIVATE KEY" or "BEGIN EC PRIVATE KEY"). NULL
 * with *why, a static text: "is not a private key in PEM", "is a key of another kind than ...".
 */
struct digest_key *digest_key_read(struct slice pem, const char **why);
void digest_key_free(struct digest_key *key);

enum { DIGEST_ES256 = 64 }; /* bytes of a signature: r and s (RFC 7518, 3.4) */

/* ECDSA with SHA-256. Each call gives another signature. False if libcrypto fails. */
bool digest_es256(unsigned char to[DIGEST_ES256], const struct digest_key *key, struct slice data);

/* The digest of data that comes in pieces. */
enum digest_kind { DIGEST_KIND_SHA256, DIGEST_KIND_MD5 };
enum { DIGEST_MAX = 32 }; /* bytes of any of them */
struct digest;
/* NULL without memory, or if libcrypto's policy forbids it (MD5 where FIPS is enforced). */
struct digest *digest_new(enum digest_kind kind);
bool digest_update(struct digest *d, struct slice data);
/* Ends it; returns its size in bytes, 0 on failure. */
size_t digest_finish(struct digest *d, unsigned char to[DIGEST_MAX]);
void digest_free(struct digest *d);

/* Appends n bytes as 2n hexadecimal digits in lower case. */
void digest_put_hex(struct buf *b, const unsigned char *p, size_t n);

/* Overwrites memory that held a secret; the compiler cannot drop it as it can a memset. */
void digest_wipe(void *p, size_t n);

#endif
