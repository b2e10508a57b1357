/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_WINDOW_H
#define COMMON_TIME_WINDOW_H

#include "common/time/zone.h"

/* Windows of days or of hours, one after the other, from a first day up to another one. */

enum span_unit { SPAN_HOURS, SPAN_DAYS, SPAN_MONTHS };

/* A length in the calendar. */
struct span {
	int64_t n;
	enum span_unit unit;
};

/* 12h, 7d, 2w, 37m (months), 3y; n is 1 or more. False if the text is something else. */
bool span_parse(struct slice text, struct span *s);
/* The day so many days or months before or (n negative) after this one; a day that a month lacks is its last. Not for hours. */
int64_t span_before(int64_t days, const struct span *s);

/* The first instant of a day, also where the clock skips midnight or shows it twice. */
int64_t window_day_start(const struct zone *zone, int64_t days);

/*
 * The plan of the windows. Days since 1970; with a step of hours, seconds since 1970:
 * instants in UTC, or with zone NULL the wall clock's.
 */
struct window_plan {
	struct span step; /* n == 0: all in one window */
	const struct zone *zone;
	int64_t first, end; /* without end */
};

/* Whether the windows are of hours. */
bool window_is_of_times(const struct window_plan *p);
/* From days, those of the plan are set. */
void window_plan_days(struct window_plan *p, int64_t first, int64_t end);
/*
 * The end of the window that begins at from. One of fewer than 24 hours also ends with its
 * day, so that each day begins a window, whatever the clock did.
 */
int64_t window_end(const struct window_plan *p, int64_t from);
/* The middle of a window, on a day or an hour; false if it is only one. */
bool window_middle(const struct window_plan *p, int64_t from, int64_t to, int64_t *middle);

#endif
