/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_JODA_H
#define COMMON_DATAPIPELINE_JODA_H

#include "common/datapipeline/expression.h"

/*
 * The date patterns of Joda-Time, which Data Pipeline's format() takes. They resemble those of
 * java.text, and differ: Y is the year of the era, x the week's year.
 */

/* Checks a pattern: an unknown letter is an error, a letter that is probably not meant a warning. */
void joda_check(struct slice pattern, struct dp_faults *faults);

/* Appends the time (seconds since 1970 in UTC) in an English locale. The pattern was checked. */
void joda_format(struct buf *out, int64_t seconds, struct slice pattern);

#endif
