/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_BODY_H
#define STAGES_FETCH_API_BODY_H

#include "stages/fetch-api/request.h"

/*
 * The body of a request. Its kind follows from its Content-Type and from the
 * text itself.
 */

/*
 * Reads --body. type is the Content-Type that --header gives, p NULL if there
 * is none.
 */
void body_init(struct slice type);
/* The Content-Type to send where no --header gives one; NULL: none. */
const char *body_type(void);
/* Whether it is one JSON text. */
bool body_is_json(void);
/* Whether a --secret is in it. */
bool body_holds_secret(void);

/* Fills the body for the current record; dies with the place of the fault when it should be JSON and is not. */
void body_fill(struct request *q);
/* Puts a value (msgpack) at the place in a body of JSON. */
void body_place(struct request *q, const struct place *place, struct slice value);

#endif
