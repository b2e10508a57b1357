/* SPDX-License-Identifier: MIT */
#ifndef STAGES_TO_TABLE_TABLE_H
#define STAGES_TO_TABLE_TABLE_H

#include "common/record/record.h"

/*
 * Rows under columns, or one field a line (vertical.h). The first rows (TABLE_SAMPLE, or less when they are large) are
 * kept and decide which columns there are and how wide; the rest is written as it comes.
 */
enum { TABLE_SAMPLE = 1000 };

/* How records are shown; widths are columns of the terminal. */
struct table_style {
	size_t most; /* that one value of a table may take */
	size_t
	    vertical_most;  /* that one value on a line of its own may take, except on a terminal */
	size_t reject_most; /* that a reject's field "_reject" may take, whose end is the reason */
	bool width_given;   /* the three above are what the user asked for */
	bool vertical;      /* one field a line */
	/*
	 * Width of the terminal that is written to, 0 if there is none. A table that is wider
	 * becomes vertical, unless width_given.
	 */
	size_t terminal;
	bool colour;
};

/* Writes to out, which its owner flushes. */
void table_init(struct buf *out, const struct table_style *style);
/* Adds a record; the lines that can be written now are appended to out. */
void table_add(const struct record *r);
/* Writes the rows kept so far. Later rows use the same widths. */
void table_flush(void);

#endif
