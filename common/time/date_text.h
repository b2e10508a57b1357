/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_DATE_TEXT_H
#define COMMON_TIME_DATE_TEXT_H

#include "common/text/bytes.h"

/*
 * Writes days and times in the spelling that an API asks for; the reader is
 * time_parse.h. The directives: %Y %m %d %H %M %S with two digits (%Y four), %-m %-d %-H
 * %-M %-S without a leading zero, %F for %Y-%m-%d, %T for %H:%M:%S, %s and %Q for
 * seconds and milliseconds since 1970 in UTC, %z and %:z for +0900 and +09:00, %% for a
 * percent sign. Any other character is written as it is.
 */

struct date_parts {
	int64_t days, second; /* on the wall clock: since 1970-01-01, and of that day */
	int64_t utc;          /* seconds since 1970 in UTC; only for %s %Q %z %:z */
	int32_t millisecond;  /* of the second */
};

/* NULL if the format is valid, else the reason (a static text). */
const char *date_format_wrong(struct slice format);
/* Whether a valid format has a directive that depends on the zone: %s %Q %z %:z. */
bool date_format_needs_zone(struct slice format);
/*
 * Whether every text that a valid format writes for the years 1000 to 9999 is
 * one whole number without a leading zero.
 */
bool date_format_is_number(struct slice format);

/* Appends the date and time; the format must be valid. */
void date_put_format(struct buf *b, const struct date_parts *m, struct slice format);

#endif
