/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_TEMPLATE_IMPL_H
#define COMMON_WEB_TEMPLATE_IMPL_H

#include "common/web/template.h"

/* Shared by the files of template.h. */

/*
 * Reads the template that begins at p (a brace). Returns its end, or NULL if p
 * does not begin a template.
 */
const char *template_take(const char *p, const char *end, struct template_part *part);

/* Template_graphql.c: the text of a GraphQL document, and of JSON, in a string. */

struct graphql {
	const char *end; /* the document's; NULL: p is not in one */
	bool escaped;    /* it is the content of a JSON string */
	bool in_string;  /* p is in a GraphQL string */
	bool json;       /* it is JSON text, which has no comments */
};

/* Whether a GraphQL document is the content of the JSON string whose quote is at p; text begins at start. */
bool graphql_begins(struct graphql *g, const char *start, const char *p, const char *end);
/* The whole text, when it is one. */
bool graphql_whole(struct graphql *g, struct slice text);
/* Whether JSON text with a string in it is the content of the JSON string whose quote is at p. It is walked like a document. */
bool embedded_begins(struct graphql *g, const char *p, const char *end);
/* Moves past one character, or past a comment, of the document. */
const char *graphql_step(struct graphql *g, const char *p);
/* Whether the template at p (whose document's text begins at start) can be a selection of the document. */
bool graphql_is_selection(
    const struct graphql *g, const char *start, const char *p, const struct template_part *part);

/* Template_put.c: values at their places. */

/* Appends the value of part i. NULL, or why it cannot be there; completes "{name} …". */
const char *template_put(const struct template *t, size_t i, const struct template_value *v,
    struct buf *scratch, struct buf *out);

/* The same of several values. */
const char *template_put_list(const struct template *t, size_t i, const struct template_value *v,
    struct buf *scratch, struct buf *out);

/* Template_url.c. */

/* Appends a value to the URL that is in out so far; first: it is the URL's beginning. NULL, or why it cannot be there. */
const char *template_put_url(struct buf *out, struct slice text, bool first);
/* Whether the segment of the path around the byte at is a step ("." or "..", encoded or not). */
bool template_url_steps(struct slice url, size_t at);

#endif
