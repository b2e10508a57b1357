/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_LITERAL_H
#define BATCH_LIST_BATCHES_LITERAL_H

#include "batch/list-batches/files.h"

/*
 * Appends an item for each secret that is written in a batch: its line and its name, never its value. Returns how many there are. Beside the forms of common/batch/literals.h the ids of AWS access
 * keys are found.
 */
size_t literals_put(struct buf *b, const struct entry *e, const char *indent);
/* The same of another file, whose path is in each item. */
size_t literals_put_file(struct buf *b, const struct extra_file *f, const char *indent);

#endif
