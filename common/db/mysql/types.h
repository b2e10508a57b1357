/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_MYSQL_COLUMNS_IMPL_H
#define STAGES_LOAD_MYSQL_COLUMNS_IMPL_H

#include "stages/load-mysql/columns.h"

/* The cells of the query in columns_read. */
enum {
	NAME,
	DATA_TYPE,
	TYPE,
	NULLABLE,
	DEFAULT,
	EXTRA,
	GENERATION,
	CHARS,
	BYTES,
	PRECISION,
	SCALE,
	FRACTION,
	CHARSET,
	CELLS
};

/* The column that information_schema describes by these cells; version: the server's. */
struct column column_of(const struct slice *cells, struct slice version);

#endif
