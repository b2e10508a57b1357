/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DIFF_RECORDS_SIDE_H
#define STAGES_DIFF_RECORDS_SIDE_H

#include "common/record/field_lookup.h"
#include "common/stream/sort_keys.h"
#include "common/stream/sorter.h"
#include "common/stream/stream.h"

/* One of the two streams: its records sorted by key, and which fields they have. */
struct side {
	const char *name; /* of the file, in messages */
	int fd;
	struct sorter sorter;
	struct field_lookup fields;
	enum value_type *types; /* of each field; VALUE_NULL: records without a schema have it */
	uint64_t shape;         /* record_parts.shape of the last record without a schema */
	bool *known;            /* of its known names, those that are in fields */
	struct sort_item item;  /* the current record, after side_next */
	bool there;             /* there is one */
	struct buf before;      /* the key of the record before it, and its number */
	uint64_t before_number;
};

/* Opens the file, or standard input for "-"; dies if that fails. */
void side_open(struct side *s, const char *path);
/* Reads all records of the side's file, and sorts them. */
void side_read(struct side *s, struct sort_keys *keys, struct stream_in *in);
/*
 * Goes on to the next record. Two records with one key are STATUS_DATA, and the message
 * names both.
 */
void side_next(struct side *s, struct sort_keys *keys);
/* The type of the field, if the side has it. */
bool side_has(const struct side *s, struct slice name, enum value_type *type);

#endif
