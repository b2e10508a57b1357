/* SPDX-License-Identifier: MIT */
#ifndef STAGES_INFER_NUMBERS_H
#define STAGES_INFER_NUMBERS_H

#include "stages/infer/evidence.h"

/* The texts of a field that are numbers in some spelling of normalize's, and what their spellings prove. */

enum number_fact {
	NUMBER_ANY,          /* all of them */
	NUMBER_ZEROS,        /* zeros in front: 007 */
	NUMBER_BIG,          /* a whole number beyond 2^53 */
	NUMBER_HUGE,         /* one beyond the range of int */
	NUMBER_EXPONENT,     /* 1E5, without a point: may be a name */
	NUMBER_FRACTION,     /* digits after a point, whichever it is, that is certain */
	NUMBER_POINT,        /* 1.5: the point is a decimal point */
	NUMBER_POINT_EITHER, /* 1.234 */
	NUMBER_COMMA,        /* 1,5: the comma is a decimal point */
	NUMBER_COMMA_EITHER, /* 1,234 */
	NUMBER_GROUP_COMMA,  /* 1,234.5 or 1,234,567 */
	NUMBER_GROUP_POINT,  /* 1.234,5 or 1.234.567 */
	NUMBER_GROUP_OTHER,  /* 1 234: the character is group */
	NUMBER_GROUP_MIXED,  /* with another such character */
	NUMBER_PERCENT,
	NUMBER_UNIT,
	NUMBER_PARENTHESES,
	NUMBER_TRAILING,
	NUMBER_MINUS,
	NUMBER_TRIANGLE,
	NUMBER_FULLWIDTH,
	NUMBER_NOT_BIT, /* neither 0 nor 1 */
	NUMBER_DAY,     /* eight digits that are a day from 2000 to 2099 */
	NUMBER_SECOND,  /* fourteen digits that are such a day and a time */
	NUMBER_EPOCH,   /* digits that may be seconds, milli- or microseconds since 1970 */
	NUMBER_FACTS,
};

enum { UNITS_MAX = 4 };

struct numbers {
	struct evidence facts[NUMBER_FACTS];
	char group[4]; /* of NUMBER_GROUP_OTHER */
	size_t group_bytes;
	struct slice units[UNITS_MAX]; /* that were seen; their memory is static */
	size_t n_units;
	size_t places; /* most digits after the point */
};

/* Takes a text, trimmed, into account. False if it is not a number. */
bool numbers_add(struct numbers *all, struct slice text, uint64_t record);
/* The same for an int of the input: only its size, and the days that its digits may be. */
void numbers_add_int(struct numbers *all, struct slice digits, uint64_t record);

#endif
