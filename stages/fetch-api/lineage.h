/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_LINEAGE_H
#define STAGES_FETCH_API_LINEAGE_H

#include "common/record/json_path.h"

/*
 * What a record gets from the answer around it: the names of members that --record-path
 * goes through ("{FIELD}"), fields of the objects that it is in (--include-from-parent), and
 * the names of its values when it is an array (--names-path).
 */

/* What --record-path passed on its way to the current record. */
struct lineage {
	/* levels[0] is the whole answer, each next one the element or member of the next "[]" or "{FIELD}". */
	struct slice levels[JSON_PATH_MAX + 1];
	struct slice names[JSON_PATH_MAX + 1]; /* of the members; p NULL: an element */
	size_t n;
};

/* The fields for the records of one answer; all-zero before the first one. */
struct lineage_fields {
	struct buf pairs;      /* names and values, lineage_count() of them */
	struct slice *columns; /* --names-path */
	size_t n_columns, cap;
	struct slice seen[JSON_PATH_MAX + 1]; /* the levels that they are of */
	size_t n_seen;
};

/* Reads the options. Dies with STATUS_USAGE. */
void lineage_init(void);

/* How many fields each record gets, and whether one of them has this name. */
size_t lineage_count(void);
bool lineage_has(struct slice name);
/* Whether a path of --include-from-parent or --names-path is one for which is(path) holds. */
bool lineage_any(bool (*is)(const struct json_path *path));
/* --names-path: records are arrays. */
bool lineage_has_columns(void);

/*
 * Brings the fields up to date, where the lineage is no longer the one of the record before. fresh:
 * the memory of the levels is new, even if the addresses are the same. Returns NULL, or why it cannot
 * be: a text that lives until the next call.
 */
const char *lineage_update(struct lineage_fields *f, const struct lineage *l, bool fresh);
void lineage_free(struct lineage_fields *f);

/* After the last record of all: dies if no object ever had a field of --include-from-parent. */
void lineage_check_found(void);

#endif
