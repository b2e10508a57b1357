/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_SERIES_H
#define COMMON_TIME_SERIES_H

#include "common/time/zone.h"

/*
 * A series of days, or of instants at equal distances. Days are counted on the calendar of
 * a zone, so a change of its clock moves none of them; hours and minutes are counted in real
 * time, so the day on which clocks go back has 25 of them.
 */
struct series {
	bool days;     /* steps are days; else seconds */
	int64_t step;  /* in days or seconds, above 0 */
	int64_t first; /* days since 1970-01-01 on the calendar, or seconds since then in UTC */
};

/* Reads 1d, 2w, 1h, 15m, 30s into days and step; false if text is something else. */
bool series_read_step(struct series *s, struct slice text);

/*
 * Begins at an instant (seconds in UTC), or at a wall clock's time where there is no offset
 * (seconds since 1970-01-01T00:00:00 on it). zone may be NULL. Returns NULL, or why the
 * series cannot begin there, which completes "START …" (a static text).
 */
const char *series_begin(struct series *s, bool instant, int64_t seconds, const struct zone *zone);

/* The i-th value, from 0: days or seconds like first; false if there is no such date. */
bool series_at(const struct series *s, uint64_t i, int64_t *value);

#endif
