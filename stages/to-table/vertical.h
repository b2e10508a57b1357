/* SPDX-License-Identifier: MIT */
#ifndef STAGES_TO_TABLE_VERTICAL_H
#define STAGES_TO_TABLE_VERTICAL_H

#include "stages/to-table/table.h"

/*
 * Appends the record to out as lines of one field each, after a line with its number and,
 * unless it is the first one, an empty line. Fails only as out does.
 */
void vertical_put(
    struct buf *out, const struct table_style *style, const struct record *r, uint64_t number);

#endif
