/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_TAIL_H
#define STAGES_FETCH_API_TAIL_H

#include "common/text/bytes.h"

/*
 * The last bytes of a body that arrives in pieces: enough of them to hold the record
 * that ends a zip file. All-zero is an empty body.
 */
struct tail {
	struct buf bytes;
};

void tail_put(struct tail *t, const char *p, size_t n);
void tail_reset(struct tail *t);

/*
 * Whether the body ends like a zip file (PKWARE's APPNOTE.TXT, 4.3.16): with the
 * record that ends its directory and the comment whose length that record gives.
 */
bool tail_is_of_zip(const struct tail *t);

#endif
