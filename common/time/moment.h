/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_MOMENT_H
#define COMMON_TIME_MOMENT_H

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
struct moment {
	bool has_time, has_offset;
	int64_t days;   /* since 1970-01-01, on the wall clock */
	int64_t second; /* of the day, on the wall clock */
	uint32_t nanosecond;
	int32_t offset; /* seconds east of UTC; the wall clock minus it is UTC */
};

/* The day of a format that has a month and no day. */
enum moment_day { MOMENT_DAY_GIVEN, MOMENT_DAY_FIRST, MOMENT_DAY_LAST };

/* What a format leaves open. */
struct moment_options {
	int64_t century;     /* the first of the hundred years that %y means; 0: not stated */
	enum moment_day day; /* MOMENT_DAY_GIVEN: the format must have a day */
};

enum { MOMENT_STEPS_MAX = 64 };

struct moment_step {
	char directive;       /* one letter (moment_impl.h), or 0: literal */
	unsigned char least;  /* digits that the directive's number has at least */
	struct slice literal; /* in the text of the format */
};

/* A format that was checked, ready to read many texts. Its members are moment.c's, but for the last two. */
struct moment_format {
	struct moment_step steps[MOMENT_STEPS_MAX];
	size_t n;
	struct moment_options options;
	bool instant;     /* every text gives an offset from UTC, or none does */
	bool has_century; /* %y is in it */
};

/*
 * Checks the format and compiles it; its text must live as long. NULL if a text can
 * match it, else the reason why not, or what the format lacks (a static text).
 */
const char *moment_compile(
    struct slice format, const struct moment_options *options, struct moment_format *out);

/* Reads the whole text; false if it does not fit the format, or the day or time does not exist. */
bool moment_parse(struct slice text, const struct moment_format *format, struct moment *m);

#endif
