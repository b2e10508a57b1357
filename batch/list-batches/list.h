/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_LIST_H
#define BATCH_LIST_BATCHES_LIST_H

#include "batch/list-batches/entries.h"
#include "batch/list-batches/files.h"
#include "batch/list-batches/launched.h"
#include "common/operate/rows.h"

/* Which batches to list; NULL and negative numbers match every batch. */
struct filter {
	const char *os, *target, *owner;
	int64_t sunset; /* days from today */
	bool unused;
	int64_t today; /* days since 1970-01-01 */
};

bool filter_takes(const struct filter *f, const struct entry *e);

void list_batches(enum rows_format format, const struct entries *all, const struct filter *f);
void list_missing(enum rows_format format, const struct launches *found);
void list_files(enum rows_format format, const struct extra_files *files);
/*
 * The media files, and whether this build can read them, which its programs are asked. False if one
 * has a mistake or cannot be read.
 */
bool list_media(enum rows_format format, const struct media *all, int64_t today);

/*
 * A checklist in Markdown: "remove", "secrets" or "os". To standard output, or with a folder as one
 * file NAME.md for each batch, whose first line is a title.
 */
struct todo {
	const char *kind;
	const char *folder; /* NULL: standard output */
	const char *os;     /* the system to leave, for "os" */
};
void todo_write(const struct todo *todo, const struct entries *all, const struct filter *f,
    const struct extra_files *files);

#endif
