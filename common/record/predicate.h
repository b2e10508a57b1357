/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_PREDICATE_H
#define COMMON_RECORD_PREDICATE_H

#include "common/record/record.h"
#include "common/time/zone.h"

/*
 * Conditions on the values of a record, as filter(1) takes them:
 *
 *	clicks >= 100                      = == != <> < <= > >=
 *	name ~ brand, name !~ brand        the text contains that text
 *	name [not] starts with "x"         ends with, matches (a regular expression)
 *	id [not] in (1, 2, 3)
 *	day [not] between 2026-11-01 and 2026-11-07
 *	cost is [not] null                 null or not there; is [not] missing: not there
 *	active                             neither null, false, 0 nor empty
 *
 * joined by "and", "or", "not" and parentheses. A name or a value with other characters
 * is put in quotes, '…' or "…", with quotes inside doubled. a.b is member b of the field
 * a, unless a field has that whole name; a quoted name is always whole.
 *
 * A bare value that is a number, a date, a time, true or false has that type; any other
 * is text. A quoted value has the type of the field. Numbers are compared by value across
 * int, decimal and float (a float counts as its shortest decimal text); text by its
 * bytes. A date that is compared with a datetime or a timestamp means the whole day.
 *
 * No comparison with null, a missing value or NaN holds, also not one with "not" before
 * it: both are unknown, as in SQL.
 */

enum predicate_kind {
	PREDICATE_ORDER,   /* the value is before, at or after one literal */
	PREDICATE_BETWEEN, /* within two */
	PREDICATE_IN,      /* at one of several */
	PREDICATE_CONTAINS,
	PREDICATE_STARTS,
	PREDICATE_ENDS,
	PREDICATE_MATCHES,
	PREDICATE_NULL,
	PREDICATE_MISSING,
	PREDICATE_SOMETHING,
};

/* Places of a value beside a literal, as bits of predicate_test.places. */
enum { PLACE_BEFORE = 1, PLACE_AT = 2, PLACE_AFTER = 4 };

struct predicate_literal;

struct predicate_test {
	enum predicate_kind kind;
	bool negated;
	unsigned places;   /* PREDICATE_ORDER: those at which it holds */
	size_t field;      /* index of the predicate's fields */
	size_t first, n;   /* its literals */
	unsigned fits;     /* bits of the types of values that it can be asked of */
	struct slice text; /* the operator as written, for messages */
	void *pattern;     /* PREDICATE_MATCHES: the compiled expression, the caller's */
	size_t yes, no;    /* the next test, or PREDICATE_YES or PREDICATE_NO */
};

/* A field that conditions name. */
struct predicate_field {
	struct slice name;
	bool whole;   /* was in quotes: not a path */
	bool must_be; /* some test other than "is missing" needs it */
};

struct predicate_node;

struct predicate {
	struct predicate_test *tests;
	size_t n;
	struct predicate_field *fields;
	size_t n_fields;
	struct predicate_literal *literals;
	size_t n_literals;
	struct predicate_node *nodes; /* in postorder */
	size_t n_nodes;
	size_t start; /* the first test */
	bool invert;
	char **pools; /* the bytes of names and values, one for each text */
	size_t n_pools;
	/* Reads dates and wall clock times that are compared with timestamps; may be NULL. Set before predicate_add. */
	const struct zone *zone;
	/* Whether the text matches test->pattern; set if a test is PREDICATE_MATCHES. */
	bool (*match)(void *pattern, struct slice text);
};

/*
 * Adds a condition: all must hold, or with any one of them. False with the fault appended
 * to why.
 */
bool predicate_add(struct predicate *p, struct slice text, bool any, struct buf *why);
/* After the last one. invert: the predicate holds for the records for which it would not hold. */
void predicate_finish(struct predicate *p, bool invert);
void predicate_free(struct predicate *p);

/* The text of a test's literal i, as the value that it means: the pattern of PREDICATE_MATCHES. */
struct slice predicate_text(const struct predicate *p, const struct predicate_test *test, size_t i);

/*
 * Whether the test can be asked of a value of that type. If not, appends the reason, which follows the
 * field's name: 'is text, and 5 is a number: …'. Always true for VALUE_NULL.
 */
bool predicate_fits(const struct predicate *p, const struct predicate_test *test,
    enum value_type type, struct buf *why);

enum predicate_answer { PREDICATE_FALSE, PREDICATE_TRUE, PREDICATE_MISFIT };

/*
 * Asks of the values of all fields, in their order; a missing one is VALUE_NULL with
 * raw.p NULL. *at is the test with a value that it does not fit, on PREDICATE_MISFIT.
 */
enum predicate_answer predicate_ask(
    const struct predicate *p, const struct value *values, const struct predicate_test **at);

/*
 * Whether the predicate holds for every record in a coverage window (mam-stream(5)): one
 * value per field, or a range [from, to). PREDICATE_MISFIT: for some, perhaps. window is
 * the decoded map, types has the type of each of the predicate's fields in the records,
 * VALUE_NULL where it is not known.
 */
enum predicate_answer predicate_ask_window(
    const struct predicate *p, const struct record *window, const enum value_type *types);

#endif
