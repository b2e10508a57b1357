/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_BODY_H
#define STAGES_FETCH_API_BODY_H

#include "common/web/template.h"
#include "stages/fetch-api/request.h"

/*
 * The body of one kind of request. Its own kind follows from its Content-Type and from the
 * text itself.
 */
struct body {
	const char *option; /* that gives it, for messages */
	struct template text;
	bool is_json; /* one JSON text */
	bool is_json_lines;
	bool add_json_type;
};

/*
 * given is the option's value, TEXT or @FILE. type is the Content-Type that a header gives,
 * p NULL if there is none.
 */
void body_init(struct body *body, const char *option, const char *given, struct slice type);
/* The Content-Type to send where no header gives one; NULL: none. */
const char *body_type(const struct body *body);
/* Whether a --secret is in it. */
bool body_holds_secret(const struct body *body);

/* Appends the body for the current record to that of q; dies with the place of the fault when it should be JSON and is not. */
void body_fill(const struct body *body, struct request *q);
/* Puts a value (msgpack) at the place in a body of JSON. */
void body_place(struct request *q, const struct place *place, struct slice value);

#endif
