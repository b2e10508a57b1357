/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_DECODE_H
#define STAGES_FROM_CSV_DECODE_H

#include "common/text/bytes.h"

/*
 * The bytes of the current file (unpack.h) as UTF-8 without its byte order mark.
 * What is not of the encoding is never replaced: the text ends before it.
 */

/* encoding NULL: UTF-8, or UTF-16 when a byte order mark says so. Dies with STATUS_USAGE when there is no such one. */
void decode_init(const char *encoding, bool drop_nul);
/* To be called for each new file. */
void decode_begin(void);
/* Up to cap (at least 4) bytes of well-formed UTF-8; 0 at the end, or before what is wrong. */
size_t decode_read(char *p, size_t cap);
/* What is wrong with the bytes after the text, or NULL. */
const char *decode_wrong(void);
/* NUL bytes left out so far. */
uint64_t decode_dropped(void);

#endif
