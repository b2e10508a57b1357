/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_TIME_PARSE_IMPL_H
#define COMMON_TIME_TIME_PARSE_IMPL_H

/* Shared by time_parse.c (reading) and time_format.c (the format and its check). */

/* Directives of more than one letter, as one letter: %.f, %6Q, %9Q. */
enum { OPTIONAL_FRACTION = 'F', MICROSECONDS = 'U', NANOSECONDS = 'N' };

#endif
