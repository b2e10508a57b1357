/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_RECURRENCE_H
#define COMMON_DATAPIPELINE_RECURRENCE_H

#include "common/batch/schedule.h"

/*
 * The times of a Schedule: a start in UTC and a period that is added to it again and again. Months
 * and years are those of the calendar, counted from the start.
 */
struct dp_recurrence {
	int64_t start; /* seconds since 1970-01-01T00:00:00Z */
	int64_t every; /* seconds, or months if in_months */
	bool in_months;
};

enum { DP_WHY = 320 };

/*
 * The recurrence whose times are those of a schedule in its zone, from the first run at or after
 * an instant on. False with the reason (a sentence part) if there is none: the times differ, are
 * closer than 15 minutes or further than 3 years apart, or move with the clock's changes.
 */
bool dp_recurrence_of(const struct schedule *s, const struct zone *zone, int64_t from,
    struct dp_recurrence *r, char why[DP_WHY]);

/* Reads a period such as "1 Day"; false if it is not one. The start is not changed. */
bool dp_recurrence_read(struct slice period, struct dp_recurrence *r);
/* Appends the period, "1 days". */
void dp_recurrence_put(struct buf *b, const struct dp_recurrence *r);

/* The time with this number, from 0 for the start. */
int64_t dp_recurrence_time(const struct dp_recurrence *r, int64_t n);
/* The number of the last time at or before an instant; negative before the start. */
int64_t dp_recurrence_find(const struct dp_recurrence *r, int64_t at);

#endif
