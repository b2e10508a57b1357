/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_COLUMN_H
#define COMMON_SQL_COLUMN_H

#include "common/record/value.h"

/*
 * A column of a database table, and whether it can hold a value exactly. There
 * is one rule: a value goes in only if the same value is read back. Numbers may
 * change their type (12.00 into an integer column), never their value; text is
 * never parsed as a number; a zone is never guessed.
 */
enum column_kind {
	COLUMN_BOOL,
	COLUMN_INT, /* low … high */
	COLUMN_FLOAT, /* single: 4 bytes; finite: no NaN, no infinity; precision > 0: rounds as a DECIMAL (MySQL) */
	COLUMN_DECIMAL, /* precision, scale: |value| < 10^(precision - scale), a multiple of 10^-scale */
	COLUMN_TEXT,  /* max_chars, max_bytes, no_nul, canonical, trims, last_char */
	COLUMN_BYTES, /* max_bytes, padded */
	COLUMN_DATE,  /* low … high: days since 1970-01-01 */
	COLUMN_TIME, /* low … high: microseconds (high 0: of a day); scale: fraction digits; from text [-]HH:MM:SS[.ffffff] */
	COLUMN_DATETIME,  /* low … high: microseconds since 1970-01-01; scale: fraction digits */
	COLUMN_TIMESTAMP, /* the same, an instant */
	COLUMN_JSON,      /* max_bytes, no_nul, binary_numbers */
	COLUMN_UUID,
	COLUMN_INET4, /* an IPv4 address; goes in in its usual spelling */
	COLUMN_INET6, /* an IPv6 address, the same */
	COLUMN_ENUM,  /* members */
	COLUMN_SET,   /* members, text "a,b" (MySQL) */
	/*
	 * SQLite's NUMERIC affinity: a value that it would turn into another
	 * number is refused
	 */
	COLUMN_NUMERIC,
	COLUMN_ANY,   /* no type: numbers, text and bytes as they are, the rest as canonical text */
	COLUMN_OTHER, /* text in the database's own spelling, parsed by it */
	COLUMN_NONE,  /* a type that takes no value; `type` names it, `why` gives the reason */
};

struct column {
	struct slice name;
	struct slice type; /* as the database writes it: numeric(12,2); for messages */
	enum column_kind kind;
	bool nullable;
	bool has_default;
	bool generated;    /* the database makes it; it cannot be loaded */
	bool takes_digits; /* OTHER: takes int and decimal as their digits */
	bool takes_bool;   /* INT: false and true go in as 0 and 1 (databases without a bool) */
	bool single, finite;
	int float_digits; /* COLUMN_FLOAT: significant digits that a client reads (6 in MySQL's float); 0: all */
	bool no_nul;
	bool canonical;      /* TEXT: takes values of every type in their canonical text */
	bool trims;          /* TEXT: it is read back without spaces at its end */
	bool padded;         /* BYTES: they are read back with max_bytes bytes */
	bool binary_numbers; /* JSON: keeps numbers as integers of 8 bytes and floats (MySQL) */
	bool positive;       /* FLOAT, DECIMAL: nothing below 0 */
	bool loose; /* values that are equal to the database may differ: 1.0 and 1.00, a and A */
	/* TEXT: the greatest code point that the column's encoding has; 0: all */
	uint32_t last_char;
	int64_t low;
	uint64_t high;
	int precision, scale;
	size_t max_chars, max_bytes; /* 0: no limit but the stream's */
	const struct slice *members;
	size_t n_members;
	const char *why;
	const char *cast, *collation; /* see struct sql_column */
	uint32_t tag;                 /* the driver's own, e.g. a type's oid */
};

/* Why a value does not fit: rule is one word, text completes "VALUE …" ("is longer than 10 characters"). */
struct reject_reason {
	const char *rule;
	char text[240];
};

/*
 * Sets *out to the value as the column's kind wants it and returns true, or
 * fills *why. What *out points into is *in's memory or scratch, which the caller
 * empties per value. After success out->type is VALUE_NULL or, by kind:
 *
 *	BOOL      VALUE_BOOL
 *	INT       VALUE_INT (huge above INT64_MAX)
 *	FLOAT     VALUE_FLOAT
 *	DECIMAL   VALUE_DECIMAL, at most scale fraction digits
 *	TEXT, JSON, INET4, INET6, ENUM, SET, OTHER   VALUE_TEXT
 *	BYTES     VALUE_BYTES
 *	UUID      VALUE_BYTES, 16
 *	DATE      VALUE_DATE
 *	TIME      VALUE_DATETIME, microseconds of the day or (MySQL) also below and beyond it
 *	DATETIME  VALUE_DATETIME
 *	TIMESTAMP VALUE_TIMESTAMP, whole microseconds
 *	NUMERIC   VALUE_INT, VALUE_FLOAT, VALUE_TEXT, VALUE_BYTES
 *	ANY       the same
 */
bool column_fit(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why);
/* Null: true if the column takes it. */
bool column_fit_null(const struct column *c, struct value *out, struct reject_reason *why);

#endif
