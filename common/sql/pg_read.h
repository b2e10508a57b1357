/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_READ_H
#define COMMON_SQL_PG_READ_H

#include "common/record/value.h"

/*
 * The other side of pg_binary.h: the binary forms in which PostgreSQL gives values, to msgpack.
 * See "COPY", "Binary Format" in PostgreSQL's manual and its …_send functions.
 */
enum pg_read {
	PG_READ_TEXT, /* a type whose value comes as the server's text: one that has no binary form here */
	PG_READ_STRING, /* text, varchar, name: their binary form is the text */
	PG_READ_CHAR,   /* char(n): the spaces at its end mean nothing */
	PG_READ_BOOL,
	PG_READ_INT2,
	PG_READ_INT4,
	PG_READ_INT8,
	PG_READ_OID,
	PG_READ_FLOAT4,
	PG_READ_FLOAT8,
	PG_READ_NUMERIC,
	PG_READ_BYTEA,
	PG_READ_DATE,
	PG_READ_TIME,
	PG_READ_TIMESTAMP,
	PG_READ_TIMESTAMPTZ,
	PG_READ_UUID,
	PG_READ_JSON, /* the caller reads its text */
	PG_READ_JSONB,
};

/* How values of the type with that oid are read; no domain. PG_READ_TEXT for all that are not known. */
enum pg_read pg_read_of(uint32_t oid);
/* The type of a stream's field for them. */
enum value_type pg_read_type(enum pg_read read);

/* The faults of a value that the server may well have; any other is one of the protocol. */
extern const char
    pg_read_special[]; /* NaN of a numeric, an infinity, or beyond the stream's range */

/*
 * Appends a field's value. NULL on success, else why not: pg_read_special, or that the bytes are
 * not of that form. Not for JSON, of which pg_read_json gives the text.
 */
const char *pg_read_value(enum pg_read read, struct slice field, struct buf *out);
/* Such a value as the server shows it: "NaN", "-infinity"; empty if it is only beyond the range. */
const char *pg_read_special_text(enum pg_read read, struct slice field);
/* The text of a json or jsonb; false if a jsonb is of another version. */
bool pg_read_json(enum pg_read read, struct slice *field);

#endif
