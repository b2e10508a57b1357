/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DIFF_RECORDS_CHANGES_H
#define STAGES_DIFF_RECORDS_CHANGES_H

#include "stages/diff-records/compare.h"

/*
 * The differences as records: {change, KEY..., field, old, new}. A changed record has one
 * for each field that differs. An added or removed record has one whose new or old is a
 * map of all its fields but the key.
 */
struct changes {
	struct sort_keys *keys;
	const struct option_list *names; /* the fields of the key, in the order of --key */
	struct comparison *comparison;
	struct stream_out *out;
	struct field_lookup key_names;
	const struct side *side; /* whose key the next record has */
	struct buf record;
	uint64_t differing; /* fields of the last pair */
};

/* Dies with STATUS_USAGE if a field of the key is called like one of the output's. */
void changes_init(struct changes *c, const struct option_list *names);

/*
 * A record for each field that only one side has, or whose type differs, or a message if
 * say is true. Returns how many. A side without any field is not compared.
 */
uint64_t changes_fields(
    struct changes *c, const struct side *old, const struct side *new, bool say);
/* The current records of both sides, which have one key and were read. True if they differ. */
bool changes_pair(struct changes *c, const struct side *old);
/* The current record of one side, 0 or 1, which the other has not. */
void changes_single(struct changes *c, int which, const struct side *s);

#endif
