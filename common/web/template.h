/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_TEMPLATE_H
#define COMMON_WEB_TEMPLATE_H

#include "common/record/value.h"
#include "common/time/zone.h"

/*
 * Text in which {name} is replaced by a value, written as its place demands.
 *
 * 	template = "{" name [ ("+" / "-") days "d" ] [ ":" format ] "}"
 * 	name     = letters, digits, "_", ".", "-" and bytes above 0x7f, at least one
 * 	format   = from a "%" to the "}"; see date_text.h
 *
 * Any other brace is an ordinary character, so JSON needs no care: {"a":1}, {}
 * and { x } are not templates. "{{" is one brace that begins no template.
 *
 * In the text of a GraphQL document {name} is a selection and stays. A document
 * is a string in JSON that is the value of a member "query" and that begins as
 * one (template_graphql.c), or the whole text with TEMPLATE_GRAPHQL. A template
 * that no selection could be is an error there, since values belong in
 * GraphQL's variables.
 */

enum template_place {
	TEMPLATE_TEXT,   /* values as they are */
	TEMPLATE_URL,    /* values percent-encoded; one at the very beginning is a URL itself */
	TEMPLATE_FORM,   /* values percent-encoded */
	TEMPLATE_HEADER, /* no control characters */
	/*
	 * Within a JSON string its characters, escaped; elsewhere a whole JSON
	 * value. In a
	 * 	   string that is itself JSON text, the same there, and then escaped once more.
	 */
	TEMPLATE_JSON,
	TEMPLATE_XML,     /* markup characters escaped */
	TEMPLATE_GRAPHQL, /* no values at all */
};

enum { TEMPLATE_PARTS_MAX = 1000 };

struct template_part {
	struct slice text; /* characters to keep, or the name */
	bool field;
	bool in_string;      /* TEMPLATE_JSON: between the quotes of a string */
	bool embedded;       /* that string is itself JSON text */
	bool in_inner;       /* embedded: between the quotes of a string in that text */
	int64_t days;        /* to be added to a date */
	int64_t seconds;     /* to be added to its time; the caller's, and with a format only */
	struct slice format; /* n == 0: none */
};

/* Points into the text that it was made from. */
struct template
{
	enum template_place place;
	struct template_part *parts;
	size_t n;
	/*of dates that are written as instants, and of instants; the caller's; NULL: none */
	const struct zone *zone;
};

/* NULL, or the fault in the text (a static text). */
const char *template_parse(struct template *t, struct slice text, enum template_place place);
void template_free(struct template *t);

/* Whether the text is one JSON array or object wherever its templates are replaced by values. */
bool template_is_json(struct slice text);
/* Whether the text begins and ends as a GraphQL document. */
bool template_is_graphql(struct slice text);

/* The value of a name. */
struct template_value {
	struct value value;
	bool given; /* text from the command line, which may be any JSON */
	/*
	 * Several values in place of that one: a whole JSON value becomes an array of them; anywhere
	 * else they are written one after the other, with the text join between them as it is.
	 */
	const struct value *list; /* NULL: one value */
	size_t n;                 /* at least 1 */
	struct slice join;
};

/*
 * Finds a value; false if the name is undefined. The value must stay valid
 * until the template is filled, a list until the next call.
 */
typedef bool template_find(void *context, struct slice name, struct template_value *v);

struct template_error {
	struct slice name; /* of the part at fault */
	const char *what;  /* completes "{name} …"; a static text */
};

/* Appends the filled text. False with *error set when a name is undefined or its value cannot be written there. */
bool template_fill(const struct template *t, template_find *find, void *context, struct buf *out,
    struct template_error *error);

/* Appends a value as text: numbers and bool as JSON has them, dates as ISO 8601, json as JSON text. NULL, or why it has none. */
const char *template_put_text(struct buf *b, const struct value *v);

#endif
