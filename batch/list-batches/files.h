/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_FILES_H
#define BATCH_LIST_BATCHES_FILES_H

#include "batch/list-batches/entries.h"

/* A file in the folders of the batches that is not a batch itself, such as those of media/. */
struct extra_file {
	char *path;
	struct slice name; /* base name */
	struct buf text;   /* of a small one; files may name further files */
	bool used;
};

struct extra_files {
	struct extra_file *items; /* by path */
	size_t n;
};

/*
 * All such files, and which of them living batches name, directly or through another used file. A name
 * counts with a variable in place of its stem, too, as in "$name.fields", if the stem is in the text or
 * is the batch's own. Files with a dot in front, and documents in Markdown, are passed over.
 */
struct extra_files files_read(const struct option_list *folders, const struct entries *all);

#endif
