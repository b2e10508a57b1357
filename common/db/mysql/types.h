/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_TYPES_H
#define COMMON_DB_MYSQL_TYPES_H

#include "common/sql/column.h"

/* MySQL's types as kinds of columns. */

/* The tag of a column whose encoding is cp932, of which the servers have one character wrong. */
enum { COLUMN_CP932 = 932 };

/*
 * A column's row of information_schema.COLUMNS, as the cells of
 * client_table_describe's query.
 */
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

/*
 * The column that the cells describe; its name and type are those cells. version: the server's. The
 * members of a COLUMN_ENUM or COLUMN_SET are not set.
 */
struct column client_column_of(const struct slice *cells, struct slice version);

#endif
