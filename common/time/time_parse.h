/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_TIME_PARSE_H
#define COMMON_TIME_TIME_PARSE_H

#include "common/text/bytes.h"

/*
 * Dates and times in the spellings that media send, read by a format of
 * strftime(3)'s letters. For ISO 8601 see iso.h.
 *
 * %Y four digits; %y two digits of a stated century; %m %d %H %I %M %S one or two
 * digits, exactly two if another number or digit follows at once; %j day of the year;
 * %G-W%V ISO week, its Monday or the day %u (1 to 7) or %a; %f one to nine fraction digits,
 * %.f a point and such digits or nothing; %b %B English month names; %a %A English
 * weekday names, which must fit the date; %p AM or PM; %z Z, +hh, +hhmm or +hh:mm; %Z
 * the words UTC, GMT or Z; %s seconds since 1970 in UTC, %Q milliseconds, %6Q
 * microseconds, %9Q nanoseconds; %% a percent sign. Any other character is itself. No
 * part of a time may occur twice, %I and %p need each other, %S needs %M, and %f needs
 * %S or %s.
 */
struct time_parts {
	bool has_time, has_offset;
	int64_t days;   /* since 1970-01-01, on the wall clock */
	int64_t second; /* of the day, on the wall clock */
	uint32_t nanosecond;
	int32_t offset; /* seconds east of UTC; the wall clock minus it is UTC */
};

/* The day of a format that has a month and no day. */
enum time_day { TIME_DAY_GIVEN, TIME_DAY_FIRST, TIME_DAY_LAST };

/* The parts of a time that a format leaves open. */
struct time_options {
	int64_t century;   /* the first of the hundred years that %y means; 0: not stated */
	enum time_day day; /* TIME_DAY_GIVEN: the format must have a day */
};

enum { TIME_STEPS_MAX = 64 };

struct time_step {
	char directive;       /* one letter (time_parse_impl.h), or 0: literal */
	unsigned char least;  /* digits that the directive's number has at least */
	struct slice literal; /* in the text of the format */
};

/* A format that was checked, ready to read many texts. Its members are time_parse.c's, but for the last two. */
struct time_format {
	struct time_step steps[TIME_STEPS_MAX];
	size_t n;
	struct time_options options;
	bool instant;     /* every text gives an offset from UTC, or none does */
	bool has_century; /* %y is in it */
};

/*
 * Checks the format and compiles it; its text must live as long. Returns NULL,
 * or the reason why no text can match it or why it is incomplete (a static
 * text).
 */
const char *time_compile(
    struct slice format, const struct time_options *options, struct time_format *out);

/* Reads the whole text; false if it does not fit the format, or the day or time does not exist. */
bool time_parse(struct slice text, const struct time_format *format, struct time_parts *m);

#endif
