/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_MOMENT_H
#define COMMON_TIME_MOMENT_H

#include "common/text/bytes.h"

/*
 * Dates and times in the spellings that media send, read by a format of
 * strftime(3)'s letters. For ISO 8601 see iso.h.
 *
 * %Y four digits; %m %d %H %I %M %S one or two digits, exactly two if another number
 * follows at once; %j day of the year; %G-W%V ISO week, its Monday or the day %u (1 to
 * 7); %f one to nine fraction digits, %.f a point and such digits or nothing; %b %B
 * English month names; %a %A English weekday names, which must fit the date; %p AM or
 * PM; %z Z, +hh, +hhmm or +hh:mm; %Z the words UTC, GMT or Z; %s seconds since 1970 in
 * UTC, %Q milliseconds, %6Q microseconds, %9Q nanoseconds; %% a percent sign. Any other
 * character is itself. No part of a time may occur twice, %I and %p need each other, and
 * %f needs %S or %s. Two-digit years (%y) are not read: their century would be a guess.
 */
struct moment {
	bool has_date, has_time, has_offset;
	int64_t days;   /* since 1970-01-01, on the wall clock */
	int64_t second; /* of the day, on the wall clock */
	uint32_t nanosecond;
	int32_t offset; /* seconds east of UTC; the wall clock minus it is UTC */
};

/* NULL if a text can match the format, else the reason why not (a static text). */
const char *moment_format_wrong(struct slice format);

/* Reads the whole text; false if it does not fit the format, or the day or time does not exist. */
bool moment_parse(struct slice text, struct slice format, struct moment *m);

#endif
