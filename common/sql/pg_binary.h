/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_BINARY_H
#define COMMON_SQL_PG_BINARY_H

#include "common/record/value.h"

/*
 * The binary forms in which PostgreSQL takes values: fields of COPY … (FORMAT
 * binary), parameters of statements. Big-endian; days and microseconds count from
 * 2000-01-01. See "COPY", "Binary Format" in PostgreSQL's manual and its …_recv functions.
 */
enum pg_form {
	PG_BOOL,
	PG_INT2,
	PG_INT4,
	PG_INT8,
	PG_FLOAT4,
	PG_FLOAT8,
	PG_NUMERIC,
	PG_RAW, /* text, varchar, char, bytea, json, uuid, an enum's label: the bytes themselves */
	PG_JSONB,
	PG_DATE,
	PG_TIME,
	PG_TIMESTAMP, /* with time zone or without */
};

/* Bytes that the value's field takes at most, its length word included. */
size_t pg_field_room(const struct value *v);
/*
 * Writes one field, its length word first, into that room and returns the byte
 * after it. The value is fitted (column.h) to a column of the form; null is -1.
 */
char *pg_put_field(char *p, enum pg_form form, const struct value *v);

/* A whole row of n fields (at most 1,600, the most that a table has), into pg_row_room bytes. */
size_t pg_row_room(const struct value *values, size_t n);
char *pg_put_row(char *p, const enum pg_form *forms, const struct value *values, size_t n);

/* The bytes before the first row and after the last one. */
struct slice pg_copy_head(void);
struct slice pg_copy_tail(void);

#endif
