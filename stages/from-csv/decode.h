/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_DECODE_H
#define STAGES_FROM_CSV_DECODE_H

#include "common/text/bytes.h"

/*
 * The bytes of the current file (unpack.h) as UTF-8 without its byte order
 * mark. Bytes that are not valid in the encoding are never replaced: the text
 * ends before them.
 */

/*
 * encoding NULL: UTF-8, or the encoding of the byte order mark. Dies with
 * STATUS_USAGE if the encoding is unknown.
 */
void decode_init(const char *encoding, bool drop_nul);
/* To be called for each new file. */
void decode_begin(void);
/*
 * Reads up to cap (at least 4) bytes of well-formed UTF-8; 0 at the end, or
 * before bytes that are not valid.
 */
size_t decode_read(char *p, size_t cap);
/* The fault of the bytes after the text, or NULL. */
const char *decode_wrong(void);
/* NUL bytes left out so far. */
uint64_t decode_dropped(void);

#endif
