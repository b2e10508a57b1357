/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_ROWS_H
#define COMMON_OPERATE_ROWS_H

#include "common/program/options.h"

/* Rows of text cells, printed in one of four forms. One list per process. */
enum rows_format { ROWS_TABLE, ROWS_JSON, ROWS_MARKDOWN, ROWS_CSV };

struct rows_column {
	const char *name;
	char list; /* an array in JSON, with this between the elements of a cell; 0: text */
};

/* The options --json, --markdown and --csv; put the rows into the tables of a program. */
extern const struct option_row rows_options[];
/* The form that they ask for; dies with STATUS_USAGE if more than one is given. */
enum rows_format rows_format(void);

void rows_open(enum rows_format format, const struct rows_column *columns, size_t n);
/* The next cell of the row, from left to right; copied. An empty one is null in JSON. */
void rows_cell(struct slice text);
/*
 * Prints all rows to standard output. Table and Markdown have a line of names even without
 * rows, so has CSV; JSON has one object a line. Dies with STATUS_IO if the output fails.
 */
void rows_print(void);

/* Writes bytes to standard output and closes it; dies with STATUS_IO if that fails. */
void print_all(const struct buf *b);

#endif
