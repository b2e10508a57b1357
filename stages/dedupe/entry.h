/* SPDX-License-Identifier: MIT */
#ifndef DEDUPE_ENTRY_H
#define DEDUPE_ENTRY_H

#include "common/text/bytes.h"

/* A record on its way through memory and disk. */
struct entry {
	uint64_t
	    number; /* of the record in the input; of a key's record: where the key appeared first */
	uint32_t shape;   /* shape.h: the schema that it stands under */
	struct slice key; /* canonical, key.h; not kept in what is only to be put out */
	struct slice raw; /* the record as it came */
};

#endif
