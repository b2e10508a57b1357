/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_CONDITION_H
#define COMMON_WEB_CONDITION_H

#include "common/record/json_path.h"
#include "common/web/api_error.h"

/*
 * Conditions on an API's answer, for a rule. They are words separated by
 * spaces, and all must hold:
 *
 * 	status=403, status=5xx      the HTTP status
 * 	status=broken               the answer has begun and broken off
 * 	header.NAME=VALUE           a header of the answer
 * 	content-type=text/html      its Content-Type without parameters
 * 	code=0003, message=TEXT     of any error in the body (api_error.h)
 * 	request=poll                what was asked: create, poll, download or delete
 * 	PATH=VALUE, body.PATH=VALUE a value in the JSON body (json_path.h)
 *
 * "!=" in place of "=" means that there is another value, "~" that the value
 * contains the text. Without an operator, the value must exist and be neither
 * null, false, 0 nor empty. If a path has several values, one of them must match.
 *
 * VALUE may be alternatives: code=4|17|32. One of them must match; with "!=" none
 * may. A VALUE, or an alternative, with a space, "|" or "," in it is put in double
 * quotes, except for JSON: ids=[1,2]. A list with commas, an empty alternative, and a
 * "|" on the left side are errors, since such a condition would never hold.
 */

enum condition_what {
	CONDITION_STATUS,
	CONDITION_HEADER,
	CONDITION_CONTENT_TYPE,
	CONDITION_CODE,
	CONDITION_MESSAGE,
	CONDITION_REQUEST,
	CONDITION_BODY,
};

enum condition_how { CONDITION_SOMETHING, CONDITION_EQUAL, CONDITION_OTHER, CONDITION_CONTAINS };

struct condition {
	enum condition_what what;
	enum condition_how how;
	char *name;            /* of a header */
	struct json_path path; /* of CONDITION_BODY */
	struct slice *values;  /* the alternatives */
	size_t n_values;
};

enum { CONDITIONS_MAX = 16 };

struct conditions {
	struct condition *list;
	size_t n;
	struct buf text; /* the bytes of the values */
};

/* NULL, or the fault in the words (a static text). */
const char *conditions_parse(struct conditions *c, struct slice words);
/*
 * The same for one PATH[=VALUE] of the body, where no name is special and VALUE is all
 * that follows: it may contain spaces.
 */
const char *conditions_parse_body(struct conditions *c, struct slice text);
void conditions_free(struct conditions *c);
/* Whether one of them is status=broken. */
bool conditions_want_broken(const struct conditions *c);

/* An answer, as far as conditions look at it. */
struct answer_view {
	const char *request; /* its word; NULL: none holds */
	bool broken;         /* only conditions with status=broken hold, of what has come */
	long status;
	struct slice headers;            /* lines */
	struct slice body;               /* as msgpack; n == 0: it is not JSON */
	const struct api_errors *errors; /* of that body */
};

bool conditions_hold(const struct conditions *c, const struct answer_view *answer);

/*
 * The text that made a condition without VALUE hold; nothing when it has one,
 * or when it is not text.
 */
struct slice conditions_text(const struct conditions *c, const struct answer_view *answer);

/* For --until: the path leads to something, and every value that it leads to is the one asked for. */
bool conditions_hold_for_all(const struct conditions *c, const struct answer_view *answer);

#endif
