/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FROM_CSV_ESCAPE_H
#define STAGES_FROM_CSV_ESCAPE_H

#include "common/text/bytes.h"

/*
 * --escape backslash: the escapes of MySQL's, Hive's and Redshift's files. Before the text is split,
 * each backslash becomes the byte 0xff, which no UTF-8 has, and an escaped delimiter, quote or line
 * end after it a byte that cannot be there, so that nothing splits at it. escape_undo makes the
 * text of a field from that.
 */

enum { ESCAPE_MARK = 0xff };

/* A new file begins. */
void escape_begin(void);
/* Marks the escapes in a block of text, in place. */
void escape_mark(char *p, size_t n);
/* The text of n marked bytes, in place; returns its length, which is not greater. */
size_t escape_undo(char *p, size_t n);
/* Whether the marked bytes are \N alone, which is null. */
bool escape_is_null(struct slice field);
/* The first escape that is unknown; p NULL if all are known. Its memory is static. */
struct slice escape_unknown(struct slice marked);
/* Appends the bytes as they were in the file. */
void escape_restore(struct slice marked, struct buf *out);

#endif
