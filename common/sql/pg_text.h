/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PG_TEXT_H
#define COMMON_SQL_PG_TEXT_H

#include "common/text/bytes.h"

/*
 * PostgreSQL parses some types from text in ways that drop a zone, a time of
 * day or digits. To detect that, the text that it writes back is compared with
 * the one given. Each type has a rule for texts that count as equal.
 */
enum pg_text_rule {
	PG_TEXT_EXACT, /* byte by byte */
	PG_TEXT_INET, /* the same address and mask: FE80::0:1 and fe80::1, 10.0.0.1/32 and 10.0.0.1 */
	PG_TEXT_MACADDR,   /* the same hexadecimal digits, however grouped */
	PG_TEXT_INTERVAL,  /* the same months, days and microseconds: 90 minutes, PT1H30M */
	PG_TEXT_INTEGERS,  /* a range or multirange of integers: [1,5] and [1,6) */
	PG_TEXT_NUMERICS,  /* of numerics; every digit of a bound counts */
	PG_TEXT_DATES,     /* of dates as YYYY-MM-DD: a bound with a time of day is another one */
	PG_TEXT_DATETIMES, /* of datetimes without a zone */
	PG_TEXT_HSTORE,    /* the same pairs; no key twice */
	PG_TEXT_SYNTAX,    /* an expression: all but spaces, quotes and parentheses */
	PG_TEXT_NAME,      /* of an object, which the server finds or refuses; no number */
	PG_TEXT_GEOMETRY,  /* the same numbers, and brackets and commas */
};

/* The server took given for read. True if no part of given was lost or changed. */
bool pg_text_same(enum pg_text_rule rule, struct slice given, struct slice read);

#endif
