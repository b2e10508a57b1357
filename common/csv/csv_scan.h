/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CSV_CSV_SCAN_H
#define COMMON_CSV_CSV_SCAN_H

#include "common/text/bytes.h"

/*
 * Finds the structural characters of CSV text: 64 bytes become a word with one
 * bit, lowest first, for each delimiter, quote, CR or LF. Uses the widest
 * vectors that the machine has, chosen at run time.
 */
enum { CSV_SCAN_BLOCK = 64 };

/*
 * Fills marks[0, blocks) from blocks * CSV_SCAN_BLOCK readable bytes at p.
 * quote 0 means no quote character.
 */
void csv_scan(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote);
/* The same in the portable form, for tests to compare with. */
void csv_scan_portable(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote);

#endif
