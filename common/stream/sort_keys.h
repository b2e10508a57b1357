/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_SORT_KEYS_H
#define COMMON_STREAM_SORT_KEYS_H

#include "common/record/key_sort.h"
#include "common/record/order.h"
#include "common/stream/layout.h"
#include "common/stream/stream.h"

/* The fields of --key, and the keys of records as bytes (order_put). */
struct sort_keys {
	struct sort_key {
		struct slice name;
		unsigned flags;     /* of order_put; the caller's */
		enum family family; /* of its first value that is not null */
		uint64_t first;     /* the record of that value, and message_place() for it */
		const char *place;
		bool found; /* a record of this input has the field */
	} list[WANTED_MAX];
	size_t n;
	struct layouts *layouts;
	struct buf bytes;  /* of the last key */
	struct buf others; /* the names of the first record's fields, for messages */
};

/* Dies with STATUS_USAGE if there are too many names, or one twice. */
void sort_keys_init(struct sort_keys *k, const struct option_list *names);
/*
 * Sets item->key for the current record, valid until the next call. False if a value has
 * no order or another kind than the values before it: why, and which field. why is NULL
 * if the record cannot be read.
 */
bool sort_keys_make(struct sort_keys *k, const struct stream_in *in, struct sort_item *item,
    size_t *field, const char **why);
/*
 * After the last record of an input: dies with STATUS_DATA if there were records without a
 * schema and none had one of the fields. Another input may follow.
 */
void sort_keys_end_input(struct sort_keys *k);

#endif
