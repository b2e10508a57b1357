/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_PREDICATE_IMPL_H
#define COMMON_RECORD_PREDICATE_IMPL_H

/* Shared by the modules that implement predicate.h. */

#include "common/record/predicate.h"

#define PREDICATE_YES SIZE_MAX
#define PREDICATE_NO (SIZE_MAX - 1)

/* An expression; a and b are the indexes of its parts. */
struct predicate_node {
	enum { NODE_TEST, NODE_NOT, NODE_AND, NODE_OR } op;
	size_t a, b;  /* NODE_TEST: a is the test */
	size_t first; /* the leftmost test in it */
	size_t yes, no;
	bool flip; /* an odd number of "not" is around it */
};

enum { DECIMAL_SCALES = 19, DECIMAL_FAST = 18 /* digits that surely fit in int64_t */ };

/* [low, high): the values at a literal; empty if it lies between two values. */
struct predicate_range {
	int64_t low, high;
};

struct predicate_instant {
	int64_t seconds;
	uint32_t nanoseconds;
};

struct predicate_literal {
	struct slice text; /* without quotes */
	bool quoted;
	unsigned fits; /* bits of value types that it can be compared with */
	/* A number: its exact digits, … */
	struct slice decimal;
	char *decimal_room; /* owned */
	bool is_int_range;  /* … the integers at it are in scaled[0] */
	bool is_scaled; /* … the digits of a decimal with i places after the point, as an integer */
	struct predicate_range scaled[DECIMAL_SCALES];
	double nearest; /* … and the float nearest to it, … */
	int beside;     /* … which itself is before (-1), at or after it */
	bool b;
	struct predicate_range days, micros;
	struct predicate_instant low, high; /* [low, high) */
	const char *no_instant;             /* why it is not a timestamp; a static text */
};

/* How a literal was written. */
enum predicate_form { FORM_TEXT, FORM_NUMBER, FORM_BOOL, FORM_TIME };

enum predicate_form predicate_literal_form(const struct predicate_literal *l);

/*
 * Reads the literal's types from its text and quoted. NULL, or the fault (a static text,
 * which follows the text).
 */
const char *predicate_literal_read(struct predicate_literal *l, const struct zone *zone);

/* -1, 0, 1: the value is before, at or after the literal; PLACE_NONE: it has no order (NaN). */
enum { PLACE_NONE = 2 };
int predicate_place(const struct predicate_literal *l, const struct value *v);

/* The test of one value that is not null and that it fits. */
bool predicate_holds(
    const struct predicate *p, const struct predicate_test *test, const struct value *v);

/* The value is there and neither null, false, 0 nor empty. */
bool predicate_something(const struct value *v);

/* Whether the test can be asked of a value of the type that is not null. */
static inline bool
predicate_fits_type(const struct predicate_test *test, enum value_type type)
{
	return test->fits >> type & 1;
}

#endif
