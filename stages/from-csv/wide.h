/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_WIDE_H
#define STAGES_FROM_CSV_WIDE_H

#include "common/text/bytes.h"

/*
 * Finds UTF-16 and UTF-32 without a byte order mark by their zero bytes: those in the
 * first line, and those beside a line end in the first WIDE_MAX bytes.
 */

enum { WIDE_MAX = 128 * 1024 };

/* To be called for each new file. */
void wide_begin(void);
/*
 * Looks at the next bytes, in pieces of any size but for the first, which has 4 bytes or
 * the whole file. Whether they show UTF-16 or UTF-32.
 */
bool wide_look(struct slice bytes);
/* Bytes looked at so far. */
size_t wide_seen(void);
/* The encoding that they suggest; the more bytes, the better. */
const char *wide_encoding(void);

#endif
