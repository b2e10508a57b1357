/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_ENTRY_H
#define STAGES_DEDUPE_ENTRY_H

#include "common/text/bytes.h"

/* A record on its way through memory and disk. */
struct entry {
	/* of the record in the input; of a key's record: where the key appeared first */
	uint64_t number;
	uint32_t layout; /* layout.h: the schema that it is under */
	/* canonical, see key.h; not kept in entries that are only waiting for output */
	struct slice key;
	struct slice raw; /* the record as it came */
};

#endif
