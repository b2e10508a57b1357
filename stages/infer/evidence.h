/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_EVIDENCE_H
#define STAGES_INFER_EVIDENCE_H

#include "common/text/bytes.h"

/* How often something was seen, and where first. */

enum { EXAMPLE_BYTES = 48 };

struct evidence {
	uint64_t n;
	uint64_t record; /* the first */
	uint8_t bytes;   /* of text */
	bool cut;        /* the value is longer */
	char text[EXAMPLE_BYTES];
};

/* One more, in this record. */
void evidence_add(struct evidence *e, struct slice value, uint64_t record);
/* 'record 7 "12,3"'; static storage, four in turn. */
const char *evidence_text(const struct evidence *e);
/* '"12,3"', likewise. */
const char *evidence_value(const struct evidence *e);

#endif
