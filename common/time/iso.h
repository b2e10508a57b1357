/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_ISO_H
#define COMMON_TIME_ISO_H

#include "common/text/bytes.h"

/*
 * Dates and times as ISO 8601 text, the one spelling in which the programs write
 * them and the only one that needs no format to be read. Proleptic Gregorian
 * calendar; no leap seconds; no zone but Z and +hh:mm where an instant is meant.
 */

enum { ISO_MAX = 48 }; /* bytes that any of the writers appends at most */

/* Days since 1970-01-01 of a date that need not exist (month 1-12 and day 1-31 are not checked). */
int64_t iso_days(int64_t year, unsigned month, unsigned day);
void iso_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day);
/* Number of days in the month. */
unsigned iso_month_days(int64_t year, unsigned month);

/* 2026-11-20. Years past 9999 or before 0 are written with sign and at least five digits: +12026-11-20. */
void iso_put_date(struct buf *b, int64_t days);
/* 2026-11-20T13:00:00, with 3 or 6 fraction digits when there is a fraction. */
void iso_put_datetime(struct buf *b, int64_t microseconds);
/* 2026-11-20T13:00:00Z, with 3, 6 or 9 fraction digits, as many as it takes. */
void iso_put_timestamp(struct buf *b, int64_t seconds, uint32_t nanoseconds);
/* 13:00:00, fraction as above. */
void iso_put_time(struct buf *b, int64_t microseconds);

/* Readers take the whole text, YYYY-MM-DD with four digits of year; false otherwise. Between date and time: T or one space. */
bool iso_read_date(struct slice s, int64_t *days);
/* HH:MM:SS with up to 6 fraction digits; microseconds of the day. */
bool iso_read_time(struct slice s, int64_t *microseconds);
/* Without a zone. */
bool iso_read_datetime(struct slice s, int64_t *microseconds);
/* The same with up to 9 fraction digits; seconds since 1970-01-01T00:00:00 on the wall clock. */
bool iso_read_wall(struct slice s, int64_t *seconds, uint32_t *nanoseconds);
/* With Z, +hh:mm, +hhmm or +hh after it, up to 9 fraction digits. */
bool iso_read_timestamp(struct slice s, int64_t *seconds, uint32_t *nanoseconds);

#endif
