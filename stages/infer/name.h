/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_NAME_H
#define STAGES_INFER_NAME_H

#include "stages/infer/tree.h"

/*
 * Appends a name for a column: letters in lower case, underscores for all that is not a letter or
 * digit, 63 bytes at most, the names of a path joined. Letters beyond ASCII stay. number is for a
 * name of which nothing remains.
 */
void name_suggest(const struct node *node, size_t number, struct buf *out);

/* Appends the source of an operand. False if a line of a file cannot hold it. */
bool name_source(const struct node *node, struct buf *out);

#endif
