/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_BATCHES_ENTRIES_H
#define BATCH_LIST_BATCHES_ENTRIES_H

#include "common/batch/schedule.h"
#include "common/operate/batches.h"
#include "common/operate/media.h"

/* A batch with the facts that its head does not have. */
struct entry {
	const struct batch *batch;
	struct slice file; /* base name of its path */
	bool good;         /* head and zone are good, and the name is its own */
	bool scheduled;
	int64_t next,
	    slot; /* if scheduled: the times after now, and until now; seconds since 1970 */
	const struct zone *zone;
	struct slice zone_name;
	int64_t last; /* when the last run began; meaningful with a last_state */
	const char *
	    last_state; /* "ok", …; NULL: it has not run, "unknown": the history could not be read */
	const char **launched; /* where it is launched, "crontab:jobs:3" */
	size_t launched_n;
	bool living;     /* it is launched, or a living batch names it */
	struct buf code; /* the whole file without comment lines */
};

struct entries {
	struct entry *items; /* by name */
	size_t n;
	struct media media;
	bool mistakes; /* a message has reported one */
};

/*
 * All batches of the folders, with their next run after now. Mistakes in heads, zones that do
 * not exist, and names that occur twice are reported; the entry is kept and is not good.
 */
struct entries entries_read(const struct option_list *folders, int64_t now);

/* Whether a text names this file: with nothing before and after it that could be part of a name. */
bool text_names(struct slice text, struct slice file);

#endif
