/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_CONDITION_H
#define COMMON_WEB_CONDITION_H

#include "common/record/json_path.h"
#include "common/web/api_error.h"

/*
 * What an answer of an API must look like for a rule to hold. Conditions are words
 * separated by spaces, and all must hold:
 *
 *	status=403, status=5xx      the HTTP status
 *	header.NAME=VALUE           a header of the answer
 *	content-type=text/html      its Content-Type without parameters
 *	code=0003, message=TEXT     of any error in the body (api_error.h)
 *	PATH=VALUE, body.PATH=VALUE a value in the JSON body (json_path.h)
 *
 * In place of "=": "!=" (there is a value, and it is another), "~" (it contains the
 * text); without either: it is there and neither null, false, 0 nor empty. A VALUE with
 * spaces stands in double quotes. Of several values at a path any will do.
 */

enum condition_what {
	CONDITION_STATUS,
	CONDITION_HEADER,
	CONDITION_CONTENT_TYPE,
	CONDITION_CODE,
	CONDITION_MESSAGE,
	CONDITION_BODY,
};

enum condition_how { CONDITION_SOMETHING, CONDITION_EQUAL, CONDITION_OTHER, CONDITION_CONTAINS };

struct condition {
	enum condition_what what;
	enum condition_how how;
	char *name;            /* of a header */
	struct json_path path; /* of CONDITION_BODY */
	struct slice value;
};

enum { CONDITIONS_MAX = 16 };

struct conditions {
	struct condition *list;
	size_t n;
	struct buf text; /* what the values point into */
};

/* NULL, or what is wrong with the words (a static text). */
const char *conditions_parse(struct conditions *c, struct slice words);
/* The same for one PATH[=VALUE] of the body, where no name is special and VALUE is all that follows. */
const char *conditions_parse_body(struct conditions *c, struct slice text);
void conditions_free(struct conditions *c);

/* An answer, as far as conditions look at it. */
struct answer_view {
	long status;
	struct slice headers;            /* lines */
	struct slice body;               /* as msgpack; n == 0: it is no JSON */
	const struct api_errors *errors; /* of that body */
};

bool conditions_hold(const struct conditions *c, const struct answer_view *answer);

/* The text that made a condition without VALUE hold; nothing when it has one, or when it is no text. */
struct slice conditions_text(const struct conditions *c, const struct answer_view *answer);

/* For --until: the path leads to something, and every value that it leads to is the one asked for. */
bool conditions_hold_for_all(const struct conditions *c, const struct answer_view *answer);

#endif
