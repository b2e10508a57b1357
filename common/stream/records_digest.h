/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_RECORDS_DIGEST_H
#define COMMON_STREAM_RECORDS_DIGEST_H

#include "common/text/bytes.h"

/*
 * The digest of the end mark, mam-stream(5): of schema and records alone, so that two runs with
 * the same data have the same digest. It does not depend on how the bytes are divided among calls.
 * These functions may end the process.
 */
struct records_digest;

enum { RECORDS_DIGEST_TEXT = 33 }; /* 32 hexadecimal digits and NUL */

/* Of an empty stream. Lives as long as the process. */
struct records_digest *records_digest_new(void);
void records_digest_reset(struct records_digest *d);
void records_digest_copy(struct records_digest *to, const struct records_digest *from);

/* payload: of a schema item that is well-formed. */
void records_digest_schema(struct records_digest *d, struct slice payload);
/* Whole records, one after the other. */
void records_digest_put(struct records_digest *d, const char *p, size_t n);
/* The stream has ended; another one may follow, and its records continue the digest. */
void records_digest_end(struct records_digest *d);
/* After records_digest_end. */
void records_digest_text(const struct records_digest *d, char to[RECORDS_DIGEST_TEXT]);

#endif
