/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_MEDIA_WORDS_H
#define COMMON_OPERATE_MEDIA_WORDS_H

#include "common/text/bytes.h"

/* Shared by the modules that implement media.h. */

/* The names in a batch's text, comments left out: its words of letters, digits, '.', '_' and '-'. */
struct words {
	struct slice *items; /* sorted */
	size_t n;
	struct slice *paths; /* words after "media/" that are whole names */
	size_t n_paths;
	bool api,
	    fields; /* an ending comes right after a variable: "$name.fields", "${name}.api" */
};

/* text ends with NUL; the slices point into it. */
struct words words_of(const char *text);

bool slice_ends_with(struct slice name, const char *ending);

#endif
