/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATE_TEXT_H
#define COMMON_DATE_TEXT_H

#include "common/bytes.h"

/*
 * Days and times written in the spelling that an API asks for, the other side of
 * moment.h: %Y %m %d %H %M %S with two digits (%Y four), %-m %-d %-H without a zero in
 * front, %F for %Y-%m-%d, %T for %H:%M:%S, %% a percent sign. Any other character
 * stands for itself.
 */

/* NULL when the format is one of those, else what is wrong with it (a static text). */
const char *date_format_wrong(struct slice format);

/* Appends the day (since 1970-01-01) and second of the day; the format is a good one. */
void date_put_format(struct buf *b, int64_t days, int64_t second, struct slice format);

#endif
