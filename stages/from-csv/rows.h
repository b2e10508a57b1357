/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_ROWS_H
#define STAGES_FROM_CSV_ROWS_H

#include "common/stream/source.h"

/*
 * The current file (unpack.h) as records: lines before the rows, the header,
 * the rows, and lines after them.
 */

void rows_init(struct source *source, struct stream_out *out);
void rows_of_file(void);
/* Whether any file had a header or a row. */
bool rows_any(void);
/* Puts the numbers of skipped lines and bytes into the counters. */
void rows_count(void);

#endif
