/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_TEXT_H
#define STAGES_FROM_CSV_TEXT_H

#include "common/csv/csv.h"

/*
 * The text of the current file (decode.h) in lines and rows, with the messages
 * for text that is not CSV.
 */

void text_begin(void);
/*
 * The next line as it is, quotes ignored; it is left there unless it is taken.
 * False at the end.
 */
bool text_line(bool take, struct slice *line);
/* The next row; false at the end of the text. */
bool text_row(struct csv_row *row);
/* Field i of the row; lives until the next call. */
struct slice text_field(const struct csv_row *row, size_t i);
/* Reads the rest of the file and forgets it, so that damage in it is seen. */
void text_drain(void);
/* At the end of the file: whether its last row has no line end. */
bool text_ends_in_row(void);
/* Whether the file had any byte of text. */
bool text_any(void);

/*
 * Dies if the file begins like JSON or a markup language: it is a response, not
 * a table.
 */
void text_check_kind(void);
/* "line 7", or "file 2, line 7" where there are several. Static storage. */
const char *text_where(uint64_t line);
/* The same without the number: the unit of reject_raw. */
const char *text_unit(void);

#endif
