/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_MOMENT_IMPL_H
#define COMMON_TIME_MOMENT_IMPL_H

#include "common/text/bytes.h"

/* Shared by moment.c (reading) and moment_format.c (the format and its check). */

/* Directives of more than one letter, as one letter: %.f, %6Q, %9Q. */
enum { OPTIONAL_FRACTION = 'F', MICROSECONDS = 'U', NANOSECONDS = 'N' };

/* The directive whose percent sign is at *i, which is moved to its last byte; 0 if it is unknown. */
char moment_directive(struct slice format, size_t *i);
/* Whether the directive is a number with a limited count of digits. */
bool moment_is_number(char directive);

#endif
