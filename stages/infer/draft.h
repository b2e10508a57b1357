/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_DRAFT_H
#define STAGES_INFER_DRAFT_H

#include "common/text/bytes.h"

/*
 * Appends the operands, one to a line with the evidence as a comment, for the fields of the tree.
 * sample is the number of records that it is made from, records that of the whole input.
 */
void draft_put(struct buf *out, uint64_t sample, uint64_t records);

#endif
