/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_JSON_PATH_H
#define COMMON_RECORD_JSON_PATH_H

#include "common/text/bytes.h"

/*
 * Where the records stand in a JSON text: names separated by dots, "[]" for each
 * element of an array. "rval.values", "[].results[]", "data[][]". In an array a
 * name that is a number is an index from 0. A name with a dot, bracket or quote
 * in it stands in double quotes, a double quote doubled: "a.b".rows
 */

enum { JSON_PATH_MAX = 16 };

struct json_step {
	bool each;         /* every element of an array */
	struct slice name; /* else the member of an object … */
	long index;        /* … or the element of an array; -1 when the name is no number */
};

struct json_path {
	struct json_step steps[JSON_PATH_MAX];
	size_t n;
	struct buf names; /* what the names point into */
};

/* NULL when text is a path, else what is wrong (a static text). The path is its own owner then. */
const char *json_path_parse(struct json_path *path, struct slice text);
void json_path_free(struct json_path *path);

#endif
