/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CSV_CSV_SCAN_H
#define COMMON_CSV_CSV_SCAN_H

#include "common/text/bytes.h"

/*
 * Finding what gives CSV text its structure: 64 bytes become a word with a bit,
 * lowest first, for each that is the delimiter, the quote, CR or LF. The widest
 * vectors that the machine has are chosen at run time.
 */
enum { CSV_SCAN_BLOCK = 64 };

/* Fills marks[0, blocks) from blocks * CSV_SCAN_BLOCK readable bytes at p. quote 0: there is none. */
void csv_scan(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote);
/* The same in the portable form, for tests to compare with. */
void csv_scan_portable(const char *p, size_t blocks, uint64_t *marks, char delimiter, char quote);

#endif
