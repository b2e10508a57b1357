/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_CHANGE_H
#define COMMON_DATAPIPELINE_CHANGE_H

#include "common/datapipeline/definition.h"

/*
 * Moving a definition from one operating system to another: the image of its machines and the build
 * that they fetch, wherever a definition has them, and nothing else.
 */
struct dp_system {
	struct slice name;     /* "al2023" */
	struct slice image;    /* "ami-0123456789abcdef0" */
	struct slice artifact; /* "s3://BUCKET/al2023/main/mam-etl.tar.gz", or a folder with '/' */
};

/* One string that changes. */
struct dp_change {
	struct slice object; /* id; of a parameter its name; empty: the values */
	struct slice field;
	struct slice before;
	struct buf after;
	size_t at; /* see dp_edit */
};

struct dp_changes {
	struct dp_change *items; /* in the order of their places */
	size_t n;
	bool failed; /* no memory */
};

/* The changes that move a definition from one system to another. */
void dp_change_find(struct dp_changes *changes, const struct dp_definition *d,
    const struct dp_system *from, const struct dp_system *to);
void dp_changes_free(struct dp_changes *changes);

/*
 * Which systems the definition is of: sets used[i] for each whose image or artifact it has. Returns
 * how many.
 */
size_t dp_systems_of(
    const struct dp_definition *d, const struct dp_system *systems, size_t n, bool *used);

/* Whether a text holds an artifact as a whole: "s3://b/x.tar.gz" is not in "s3://b/x.tar.gz.old". */
bool dp_has_artifact(struct slice text, struct slice artifact);

/*
 * Whether two definitions are the same: the same objects with the same fields, parameters and values,
 * in any order of objects and of fields with different names.
 */
bool dp_is_equal(const struct dp_definition *a, const struct dp_definition *b);

#endif
