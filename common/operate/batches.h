/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_BATCHES_H
#define COMMON_OPERATE_BATCHES_H

#include "common/batch/head.h"
#include "common/program/options.h"

/*
 * The batches of some folders: executable files with a head, mam-batch(5). These functions may
 * end the process.
 */
struct batch {
	char *path;
	struct slice name; /* the head's, or the name of the file */
	struct head head;  /* as far as it could be read */
	bool good;         /* the head has no mistake */
	struct head_mistake mistake;
	char *text; /* its beginning, ends with NUL; the slices of the head point into it */
};

struct batches {
	struct batch *items; /* by name */
	size_t n;
};

/*
 * The folders to search: those of the option --batches, else MAM_BATCHES (separated by colons), else
 * pipelines/ beside the folder of this program, as it is installed or built.
 */
struct option_list batches_folders(const struct option_list *given);

/*
 * All batches below the folders, at most 5 levels deep; folders with a dot in front and symbolic
 * links to folders are not entered. A folder that cannot be read is STATUS_CONFIG.
 */
struct batches batches_find(const struct option_list *folders);

/*
 * Finds a batch by name, or by path if it has a slash. Dies with STATUS_CONFIG
 * if no batch or more than one matches, or if its head has a mistake. A path
 * needs no head.
 */
struct batch batches_one(const struct option_list *folders, const char *name);

/* Reads the head of one file; false with errno set if it cannot be read. */
bool batch_read(struct batch *b, const char *path);

/* "/opt/mam-etl/bin" of "/opt/mam-etl/bin/run-batch". Lives for ever. */
const char *batches_program_folder(void);

#endif
