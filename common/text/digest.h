/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_DIGEST_H
#define COMMON_TEXT_DIGEST_H

#include "common/text/bytes.h"

/* SHA-256 and HMAC-SHA-256, by libcrypto, for signatures, and digests of objects of S3. For other checksums see hash.h, which is faster. */

enum { DIGEST_SHA256 = 32 }; /* bytes of a digest */

/* The digest of data. False if libcrypto fails: it has no memory, or its policy forbids the digest. */
bool digest_sha256(unsigned char to[DIGEST_SHA256], struct slice data);
bool digest_hmac_sha256(unsigned char to[DIGEST_SHA256], struct slice key, struct slice data);

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
