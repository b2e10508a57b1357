/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_JSON_PATH_H
#define COMMON_RECORD_JSON_PATH_H

#include "common/text/bytes.h"

/*
 * A path in a JSON text: names separated by dots, "[]" for each element of an array.
 * "rval.values", "[].results[]", "data[][]". In an array, a name that is a number is
 * an index from 0. A name that contains a dot, bracket or quote is put in double
 * quotes, with its double quotes doubled: "a.b".rows
 *
 * A path to records may also contain "{FIELD}" for each member of an object; the
 * member's name then becomes a field of the record: data{day} or {account}.rows{day}
 */

enum { JSON_PATH_MAX = 16 };

struct json_step {
	bool each;         /* every element of an array */
	bool members;      /* every member of an object; name is the field for its name */
	struct slice name; /* else the member of an object … */
	long index;        /* … or the element of an array; -1 if the name is not a number */
};

struct json_path {
	struct json_step steps[JSON_PATH_MAX];
	size_t n;
	struct buf names; /* the bytes of all names */
};

/* NULL if text is a path without "{FIELD}", else the reason (a static text). The path keeps a copy of the text. */
const char *json_path_parse(struct json_path *path, struct slice text);
/* The same for a path to records, in which "{FIELD}" is allowed. */
const char *json_path_parse_records(struct json_path *path, struct slice text);
void json_path_free(struct json_path *path);

/* Whether the step has not one value but all of a container. */
bool json_step_goes_through(const struct json_step *step);
/* Steps from .. to as a path of its own, which lives as long as the whole. */
struct json_path json_path_part(const struct json_path *whole, size_t from, size_t to);

#endif
