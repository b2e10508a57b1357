/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_VALUE_H
#define COMMON_RECORD_VALUE_H

#include "common/text/bytes.h"

/*
 * The values of the stream and their msgpack forms, mam-stream(5) "TYPES".
 * The enum is also the type of a schema's field (VALUE_NULL never is).
 */
enum value_type {
	VALUE_NULL,    /* nil */
	VALUE_BOOL,    /* bool */
	VALUE_INT,     /* int; -2^63 ... 2^64-1 */
	VALUE_FLOAT,   /* float64 */
	VALUE_DECIMAL, /* ext 1, ASCII -?digits[.digits] */
	VALUE_TEXT,    /* str, valid UTF-8 */
	VALUE_BYTES,   /* bin */
	VALUE_DATE,    /* ext 2, int32 big-endian, days since 1970-01-01 */
	VALUE_DATETIME, /* ext 3, int64 big-endian, microseconds since 1970-01-01T00:00:00, wall clock, no zone */
	VALUE_TIMESTAMP, /* ext -1, msgpack's timestamp: an instant */
	VALUE_JSON,      /* map or array, as it came */
	VALUE_BAD,       /* any other ext, or a malformed one of ours */
};

enum { EXT_DECIMAL = 1, EXT_DATE = 2, EXT_DATETIME = 3, EXT_TIMESTAMP = -1 };

struct value {
	enum value_type type;
	bool huge;        /* VALUE_INT above INT64_MAX: read u, not i */
	struct slice raw; /* the msgpack object itself, for handing on unchanged */
	union {
		bool b;
		int64_t i; /* INT; DATE: days; DATETIME: microseconds */
		uint64_t u;
		double f;
		struct slice s; /* TEXT, BYTES, DECIMAL: the bytes; JSON: the msgpack object */
		struct {
			int64_t seconds; /* since 1970-01-01T00:00:00Z */
			uint32_t nanoseconds;
		} at; /* TIMESTAMP */
	};
};

/*
 * Reads one whole measured object at p. Returns the byte after it, NULL if it
 * is not all in [p, end).
 */
const char *value_read(const char *p, const char *end, struct value *v);

/* Appends the msgpack form. The scalar helpers are for stages that make values. */
void value_put(struct buf *b, const struct value *v);
void value_put_decimal(struct buf *b, struct slice digits);
/* A decimal as an int; false, with nothing appended, unless it is one from -2^63 to 2^64-1. */
bool value_put_integer(struct buf *b, struct slice digits);
void value_put_date(struct buf *b, int32_t days);
void value_put_datetime(struct buf *b, int64_t microseconds);
void value_put_timestamp(struct buf *b, int64_t seconds, uint32_t nanoseconds);

/* "date", "decimal", …; the words of a schema. */
const char *value_type_name(enum value_type type);
/* The type named by a word of a schema; VALUE_BAD if unknown. */
enum value_type value_type_named(struct slice name);

/*
 * -?digits[.digits], with at least one digit on each side of the point: the
 * bytes that ext 1 allows.
 */
bool value_decimal_valid(struct slice s);

#endif
