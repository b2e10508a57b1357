/* SPDX-License-Identifier: MIT */
#ifndef STAGES_TO_TABLE_CELL_H
#define STAGES_TO_TABLE_CELL_H

#include "common/record/value.h"

/* One value made visible: a single line without control characters. */
struct cell_text {
	size_t at, n; /* bytes of the buffer that it was appended to */
	size_t width; /* columns of the terminal */
	enum { CELL_ABSENT, CELL_NULL, CELL_NUMBER, CELL_OTHER } kind;
};

/*
 * Appends the value, at most `most` columns wide; a longer one ends with an
 * ellipsis. Text that would look like null or like nothing, or whose ends would
 * be invisible, is put in double quotes.
 */
struct cell_text cell_make(struct buf *b, const struct value *v, size_t most);
/* The same for a field's name. */
struct cell_text cell_name(struct buf *b, struct slice name, size_t most);

#endif
