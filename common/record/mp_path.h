/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_MP_PATH_H
#define COMMON_RECORD_MP_PATH_H

#include "common/record/json_path.h"
#include "common/record/mp.h"

/*
 * A json_path followed in a msgpack value that was read from, or will be
 * written as, a JSON text.
 */

/* The values that a path leads to, one after the other; no recursion, no memory of its own. */
struct mp_walk {
	const struct json_path *path;
	const char *end; /* of the whole value */
	/* The arrays that "[]" goes through and the objects of "{FIELD}", from the outermost on. */
	struct mp_level {
		const char *p; /* the next element or member */
		size_t left;
		size_t step;       /* the step after it */
		struct slice now;  /* the element or member's value that the walk is in */
		struct slice name; /* of that member; p NULL: it is an element */
	} levels[JSON_PATH_MAX];
	size_t depth;
	const char *start; /* before the first call */
	bool found;        /* it led to a value, to null, or into an array, even an empty one */
	bool strange; /* it met a value of another kind than it needs (text instead of an object) */
};

/* value is one whole measured value; path may be NULL (the value itself). Both must outlive the walk. */
void mp_walk_start(struct mp_walk *w, struct slice value, const struct json_path *path);
/* The next value, which may be null; false after the last one. */
bool mp_walk_next(struct mp_walk *w, struct slice *value);

/* The first value at the path; false if nothing is there. */
bool mp_path_get(struct slice root, const struct json_path *path, struct slice *value);

/*
 * Appends why the path ends early in root and which names are there, for a message:
 * 'data has no "rows" but "items", "total"'. Nothing when the path leads to a value.
 */
void mp_path_explain(struct buf *out, struct slice root, const struct json_path *path);

/* The token of the member called name of a map; false if absent. */
bool mp_member(struct slice map, const char *name, struct mp_token *t);
/* The same member as a whole value; empty if absent. */
struct slice mp_member_value(struct slice map, const char *name);
/* The same member if it is a text; else an empty one, whose p is not NULL. */
struct slice mp_member_text(struct slice map, const char *name);

/*
 * Appends root with the value at the path set: replaced, or added together with
 * the objects that lead there. NULL, or why the path cannot be gone (a static
 * text): it has "[]", or meets something that is not an object.
 */
const char *mp_path_set(
    struct buf *out, struct slice root, const struct json_path *path, struct slice value);

/*
 * Appends root without the member (or element) at the path; without a change if nothing is
 * there. The path has no "[]". An object that is left empty stays.
 */
void mp_path_drop(struct buf *out, struct slice root, const struct json_path *path);

/* Neither nil, false, 0, empty text, an empty array nor an empty map. */
bool mp_is_something(struct slice value);

#endif
