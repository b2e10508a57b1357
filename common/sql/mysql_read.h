/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_MYSQL_READ_H
#define COMMON_SQL_MYSQL_READ_H

#include "common/record/value.h"

/* The text in which MySQL and MariaDB send values, to msgpack. */
enum mysql_read {
	MYSQL_READ_INT,
	MYSQL_READ_BIT, /* bytes, the highest first */
	MYSQL_READ_DECIMAL,
	MYSQL_READ_FLOAT, /* its text has 6 digits: to be selected as a double */
	MYSQL_READ_DOUBLE,
	MYSQL_READ_YEAR,
	MYSQL_READ_DATE,
	MYSQL_READ_DATETIME,
	MYSQL_READ_TIMESTAMP, /* in a session whose zone is +00:00 */
	MYSQL_READ_TEXT,
	MYSQL_READ_BYTES,
	MYSQL_READ_JSON, /* the caller reads its text */
};

/* By the type's number in the protocol; binary: the column has bytes, not characters. */
enum mysql_read mysql_read_of(unsigned number, bool binary);
/* The type of a stream's field for them. */
enum value_type mysql_read_type(enum mysql_read read);

/* A value that the server has and a stream has not: 0000-00-00, 2026-00-10, the year 0000. */
extern const char mysql_read_special[];

/* Appends a value that is not JSON. NULL on success, else why not. */
const char *mysql_read_value(enum mysql_read read, struct slice text, struct buf *out);

#endif
