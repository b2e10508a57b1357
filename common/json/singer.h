/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_SINGER_H
#define COMMON_JSON_SINGER_H

#include "common/record/record.h"

/*
 * The schemas of Singer messages (JSON Schema, as msgpack) as fields of a stream, and their values.
 * Keywords beside those that are named here are not looked at.
 */

enum singer_form {
	SINGER_BOOL,
	SINGER_INT,
	SINGER_FLOAT,
	SINGER_DECIMAL, /* a number with multipleOf, or a string with format singer.decimal */
	SINGER_TEXT,
	SINGER_DATE,      /* format date */
	SINGER_DATE_TIME, /* format date-time */
	SINGER_JSON,      /* objects and arrays */
	SINGER_MIXED,     /* several types, or any: their canonical text */
};

/* What the schema leaves open. */
struct singer_choices {
	bool number_decimal;       /* a number without multipleOf is a decimal, not a float */
	enum value_type date_time; /* TIMESTAMP, DATETIME or TEXT */
};

struct singer_field {
	struct slice name;
	enum singer_form form;
	enum value_type type;
	bool nullable, required, key;
	bool low_excluded, high_excluded;
	bool digits;            /* DECIMAL: its value is a text */
	struct slice low, high; /* of a number, as decimals; p is NULL without one */
	long scale;             /* digits after the point that multipleOf allows; -1: any */
	uint64_t length;        /* characters of a text; UINT64_MAX: any */
};

/* All zero is valid and has no fields. */
struct singer_schema {
	struct singer_field *fields;
	size_t n, cap;
	struct buf bytes; /* that fields point into */
	struct buf
	    source; /* the schema and its keys, as msgpack: two that are equal are the same */
};

/*
 * Reads a schema and its key_properties (p is NULL without). NULL on success, else the reason (a
 * static text), and *at names the property.
 */
const char *singer_schema_read(struct singer_schema *s, struct slice schema, struct slice keys,
    const struct singer_choices *choices, struct slice *at);
void singer_schema_free(struct singer_schema *s);

/*
 * Appends a value of the field (not null) as msgpack. NULL on success, else why it is not one (a
 * static text that completes "VALUE …"). choices: those of the schema.
 */
const char *singer_put_value(const struct singer_field *f, const struct singer_choices *choices,
    const struct value *v, struct buf *out);

/* The value of a member of a msgpack map; p is NULL if there is none. */
struct slice singer_member(struct slice map, const char *name);

#endif
