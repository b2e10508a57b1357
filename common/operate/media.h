/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_MEDIA_H
#define COMMON_OPERATE_MEDIA_H

#include "common/batch/media_head.h"
#include "common/operate/batches.h"

/*
 * The media files of batches, MEDIUM.api and REPORT.fields, with the version of the interface and
 * the day on which its medium switches it off. These functions may end the process.
 */
struct media_file {
	char *path;
	struct slice name; /* of the file, without its folder */
	struct media_head head;
	bool good;                   /* the head has no mistake */
	struct head_mistake mistake; /* line 0: of the file, not of a line */
	size_t users;                /* batches that name it */
	char *text;                  /* the slices of the head point into it */
};

struct media {
	struct media_file *items; /* by path */
	size_t n;
};

/* The folder of a batch's media files: MAM_MEDIA, else media/ beside the batch. In memory of its own. */
char *media_folder(const char *batch_path);

/*
 * All media files of the folder; none if it does not exist, unless MAM_MEDIA names it: that is
 * STATUS_CONFIG.
 */
struct media media_find(const char *folder);

/*
 * The media files of all batches. A batch whose text names one, directly or through another batch
 * in its folder, takes from it, where its own head has no such line, its api ("yahoo-search v20"),
 * and of all sunsets the first. Call it once, after batches_find.
 */
struct media media_of_batches(struct batches *all);

/* See media_head_judge. */
enum media_state media_judge(const struct media_file *f, int64_t today, struct buf *why);

/*
 * A message for each file with a mistake or a version that ends. True if one has a mistake. A
 * missing version is for lists of media files: old files have none.
 */
bool media_report(const struct media *all, int64_t today);

#endif
