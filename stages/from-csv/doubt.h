/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_DOUBT_H
#define STAGES_FROM_CSV_DOUBT_H

#include "common/csv/csv.h"

/* Hints that --delimiter is wrong, which nothing else in the text shows. */

/*
 * To be called for each file, with its header or with NULL if --names are all there is.
 * One column may also be right, so a header of one column with another usual delimiter
 * in it is a message and not an error.
 */
void doubt_header(const struct csv_row *header);
/*
 * For a row whose number of fields is not the header's: "; is it --delimiter tab?" if
 * both have another usual delimiter equally often, else "". Static storage.
 */
const char *doubt_row(const struct csv_row *row);

#endif
