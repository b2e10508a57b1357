/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_MOMENT_IMPL_H
#define COMMON_TIME_MOMENT_IMPL_H

/* Shared by moment.c (reading) and moment_format.c (the format and its check). */

/* Directives of more than one letter, as one letter: %.f, %6Q, %9Q. */
enum { OPTIONAL_FRACTION = 'F', MICROSECONDS = 'U', NANOSECONDS = 'N' };

#endif
