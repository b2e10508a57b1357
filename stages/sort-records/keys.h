/* SPDX-License-Identifier: MIT */
#ifndef STAGES_SORT_RECORDS_KEYS_H
#define STAGES_SORT_RECORDS_KEYS_H

#include "common/record/key_sort.h"
#include "common/record/order.h"
#include "common/stream/layout.h"
#include "common/stream/stream.h"

/* The fields of --key and the keys of records. */
struct keys {
	struct keys_field {
		struct slice name;
		unsigned flags;     /* of order_put */
		enum family family; /* of its first value that is not null */
		uint64_t first;     /* the record of that value */
		bool found;         /* a record has the field */
	} list[WANTED_MAX];
	size_t n;
	struct layouts *layouts;
	struct buf bytes;  /* of the last key */
	struct buf others; /* the names of the first record's fields, for messages */
};

/* Reads --key; dies with STATUS_USAGE. */
void keys_parse(struct keys *k, const char *text, bool nulls_first);
/*
 * Sets item->key for the current record, valid until the next call. False if a value has
 * no order or another kind than the values before it: why, and which field. why is NULL
 * if the record cannot be read.
 */
bool keys_make(struct keys *k, const struct stream_in *in, struct sort_item *item, size_t *field,
    const char **why);
/* After the last record: dies with STATUS_DATA if there were records and none had one of the fields. */
void keys_check_found(const struct keys *k);

#endif
