/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_COPY_READ_H
#define COMMON_SQL_PG_COPY_READ_H

#include "common/text/bytes.h"

/*
 * Rows of COPY … TO STDOUT (FORMAT binary), in blocks cut anywhere. All zero is valid before the
 * first block.
 */
struct pg_copy_reader {
	struct buf rest; /* from at on: a row whose end is not here yet */
	size_t at;
	struct slice block;
	bool begun, ended;
	const char *error; /* a static text */
};

enum pg_copy_step { PG_COPY_ROW, PG_COPY_MORE, PG_COPY_BAD };

/* The next block; the last one was used up. It lives until PG_COPY_MORE. */
void pg_copy_block(struct pg_copy_reader *r, struct slice block);
/* Fills n fields, which live until the next call; p is NULL for null. PG_COPY_MORE: a block is wanted. */
enum pg_copy_step pg_copy_row(struct pg_copy_reader *r, struct slice *fields, size_t n);

#endif
