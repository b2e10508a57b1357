/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_RECORD_H
#define COMMON_RECORD_RECORD_H

#include "common/record/value.h"

enum {
	FIELDS_MAX = 4096, /* of one record or schema */
	NAME_MAX_BYTES = 1024,
};

struct field {
	struct slice name;
	enum value_type type;
};

/* The fields of the records that follow. Owns its memory; an all-zero schema is empty. */
struct schema {
	struct field *fields;
	size_t n;
	struct buf names; /* the bytes that the names point into */
};

/*
 * Reads the payload of a schema item ({"fields": [[name, type, …], …]}). NULL
 * on success, else the reason (a static text).
 */
const char *schema_read(struct schema *s, struct slice payload);
/*
 * Appends a name and type; the name is copied. NULL on success, else the reason
 * (a static text).
 */
const char *schema_add(struct schema *s, struct slice name, enum value_type type);
/* The whole schema item (ext 17), to be sent by stream_out_item. */
void schema_write(const struct schema *s, struct buf *out);
/* Index of the field, or -1. Searches them all: for once per schema, not per record. */
long schema_find(const struct schema *s, struct slice name);
bool schema_equal(const struct schema *a, const struct schema *b);
void schema_copy(struct schema *to, const struct schema *from);
void schema_reset(struct schema *s);
void schema_free(struct schema *s);

/* One field of a decoded record. Name and value point into the record's bytes or the schema. */
struct cell {
	struct slice name;
	struct value value;
};

/* A decoded record; reused from record to record. An all-zero record is empty. */
struct record {
	struct cell *cells;
	size_t n;
	size_t cap;
	const char *error; /* why record_read failed; a static text */
	struct slice at;   /* the field that it failed on; may be empty */
};

/*
 * Decodes a whole record: a map (schema NULL or empty: self-described) or an
 * array under its schema, whose types are checked. False with error set if it
 * breaks a rule of mam-stream(5). Repeated names are only looked for if unique
 * is true; that costs time, and stream_next has already checked its records.
 */
bool record_read(struct record *r, const struct schema *schema, struct slice raw, bool unique);

/*
 * Index of the field or -1, looked for at hint first (0 if unknown). For a few names of a few
 * records; a stage that looks up the same names in each record uses field_lookup.h.
 */
long record_find(const struct record *r, struct slice name, size_t hint);

/*
 * The value at a dotted path (nested maps by name, arrays by number from 0). A
 * field whose whole name is the path wins over a nested one. False if nothing
 * is there.
 */
bool record_get_path(const struct record *r, struct slice path, struct value *v);
/* The same inside one json value. */
bool value_get_path(const struct value *json, struct slice path, struct value *v);

/* Appends the record as a map, names included. */
void record_write_map(const struct record *r, struct buf *out);
void record_free(struct record *r);

#endif
