/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_SCHEDULE_H
#define COMMON_BATCH_SCHEDULE_H

#include "common/text/bytes.h"
#include "common/time/zone.h"

/*
 * When a batch runs: the five fields of crontab(5) (minute, hour, day of the month, month, day
 * of the week) and a time zone, as in "30 6 * * 1-5 Asia/Tokyo". Names of months and days,
 * ranges, lists and steps work as in cron. If both days are restricted, either one is enough,
 * as in cron. The zone is required: a time without one would change with the host.
 *
 * Where clocks change, the rule is that of Debian's cron(8): a time that is skipped runs at the
 * instant of the change, a time that occurs twice runs once, at the first; a schedule whose
 * hour is * runs in every hour that there is.
 */
struct schedule {
	uint64_t minutes;                       /* bit 0 to 59 */
	uint32_t hours, days, months, weekdays; /* bits 0-23, 1-31, 1-12, 0-6 from Sunday */
	bool any_hour;                          /* the field is "*" or "*" with a step */
	bool any_day, any_weekday;
	struct slice fields; /* the five fields as they were written */
	struct slice zone;   /* the zone's name */
};

/*
 * Reads a schedule. NULL if it is good, else the reason (a static text) and in *at the field at
 * fault. A date that never comes, such as February 30, is refused. The zone's name is not looked up.
 */
const char *schedule_read(struct slice text, struct schedule *s, struct slice *at);

/*
 * The first run after an instant, or the last run at or before it, in seconds since 1970 in UTC.
 * A schedule that was read always has one, at most 8 years away; they return false beyond that.
 */
bool schedule_next(const struct schedule *s, const struct zone *zone, int64_t after, int64_t *at);
bool schedule_last(const struct schedule *s, const struct zone *zone, int64_t until, int64_t *at);

#endif
