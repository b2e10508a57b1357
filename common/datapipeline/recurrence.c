/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/datapipeline/recurrence.h"
#include "common/datapipeline/types.h"
#include "common/time/iso.h"

enum {
	MINUTE = 60,
	HOUR = 3600,
	DAY = 86400,
	WEEK = 7 * DAY,
	MONTHS = 12,
	PERIOD_MIN = 15 * MINUTE,
	PERIOD_MAX_MONTHS = 36,
	DAYS_OF_EVERY_MONTH = 28,
	YEARS = 6,
	RUNS_MAX = 60000, /* of 15 minutes: more than a year, so that each month is among them */
};

static bool refuse(char why[DP_WHY], const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool
refuse(char why[DP_WHY], const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why, DP_WHY, format, arguments);
	va_end(arguments);
	return false;
}

static int64_t
month_of(int64_t at, unsigned *day)
{
	int64_t year;
	unsigned month;
	iso_civil((at - (at % DAY + DAY) % DAY) / DAY, &year, &month, day);
	return year * MONTHS + month - 1;
}

int64_t
dp_recurrence_time(const struct dp_recurrence *r, int64_t n)
{
	if (!r->in_months)
		return r->start + n * r->every;
	unsigned day;
	int64_t months = month_of(r->start, &day) + n * r->every, year = months / MONTHS;
	unsigned month = (unsigned)(months % MONTHS) + 1;
	if (day > iso_month_days(year, month))
		day = iso_month_days(year, month);
	return iso_days(year, month, day) * DAY + (r->start % DAY + DAY) % DAY;
}

int64_t
dp_recurrence_find(const struct dp_recurrence *r, int64_t at)
{
	unsigned day;
	if (at < r->start)
		return -1;
	if (!r->in_months)
		return (at - r->start) / r->every;
	int64_t n = (month_of(at, &day) - month_of(r->start, &day)) / r->every;
	return dp_recurrence_time(r, n) > at ? n - 1 : n;
}

bool
dp_recurrence_read(struct slice period, struct dp_recurrence *r)
{
	int64_t seconds, n = 0;
	if (!dp_period(period, &seconds))
		return false;
	for (size_t i = 0; i < period.n && period.p[i] >= '0' && period.p[i] <= '9'; i++)
		n = n * 10 + (period.p[i] - '0');
	if (!n)
		return false;
	int64_t unit = seconds / n;
	r->in_months = unit == 30 * (int64_t)DAY || unit == 365 * (int64_t)DAY;
	r->every = r->in_months ? n * (unit > 30 * (int64_t)DAY ? MONTHS : 1) : seconds;
	return true;
}

void
dp_recurrence_put(struct buf *b, const struct dp_recurrence *r)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"weeks", WEEK}, {"days", DAY}, {"hours", HOUR}, {"minutes", MINUTE}};
	if (r->in_months) {
		bool years = r->every % MONTHS == 0;
		buf_printf(b, "%" PRId64 " %s", years ? r->every / MONTHS : r->every,
		    years ? "years" : "months");
		return;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (r->every % units[i].seconds == 0) {
			buf_printf(b, "%" PRId64 " %s", r->every / units[i].seconds, units[i].name);
			return;
		}
}

/* "2026-11-20T21:30:00Z" */
static const char *
shown(int64_t at, char text[ISO_MAX])
{
	struct buf b = {0};
	iso_put_timestamp(&b, at, 0);
	snprintf(text, ISO_MAX, "%.*s", (int)b.n, b.p ? b.p : "");
	buf_free(&b);
	return text;
}

/* Two runs that the first period found does not lead from one to the other. */
static bool
refuse_times(const struct schedule *s, const struct zone *zone, const struct dp_recurrence *r,
    int64_t before, int64_t at, char why[DP_WHY])
{
	char a[ISO_MAX], b[ISO_MAX];
	struct buf period = {0};
	unsigned first, day;
	bool is_refused = false;
	month_of(r->start, &first);
	month_of(at, &day);
	if (zone_offset(zone, at) != zone_offset(zone, r->start)) {
		refuse(why,
		    "the clock of %.*s changes before the run at %s, and the times of a Schedule "
		    "do "
		    "not: it would run an hour too early or too late from then on",
		    (int)s->zone.n, s->zone.p, shown(at, a));
		is_refused = true;
	} else if (r->in_months && day != first) {
		refuse(why,
		    "in UTC it runs on day %u of a month and on day %u of another; the day of a "
		    "month in another zone is not one in UTC",
		    first, day);
		is_refused = true;
	}
	dp_recurrence_put(&period, r);
	if (!is_refused)
		refuse(why,
		    "its runs are not the same time apart: after %s and a period of %.*s it runs "
		    "at %s",
		    shown(before, a), (int)period.n, period.p ? period.p : "", shown(at, b));
	buf_free(&period);
	return false;
}

bool
dp_recurrence_of(const struct schedule *s, const struct zone *zone, int64_t from,
    struct dp_recurrence *r, char why[DP_WHY])
{
	int64_t second, at, last;
	unsigned day, other;
	if (!schedule_next(s, zone, from - 1, &r->start) ||
	    !schedule_next(s, zone, r->start, &second))
		return refuse(why, "it has no second run within eight years");
	r->every = second - r->start;
	r->in_months = false;
	if (r->every < PERIOD_MIN)
		return refuse(why,
		    "it runs every %" PRId64 " minutes, and 15 minutes are the shortest period",
		    r->every / MINUTE);
	int64_t months = month_of(second, &other) - month_of(r->start, &day);
	/* Months differ in length, so a period of 28 days or more is one of months if it can be. */
	if (r->every >= DAYS_OF_EVERY_MONTH * (int64_t)DAY && r->every % WEEK) {
		r->in_months = true;
		r->every = months ? months : 1;
	}
	/* A year that begins in February, or four weeks from February on. */
	if (!r->in_months && day == other && r->every >= DAYS_OF_EVERY_MONTH * (int64_t)DAY) {
		struct dp_recurrence try = {r->start, months, true};
		int64_t third;
		if (schedule_next(s, zone, second, &third) && third == dp_recurrence_time(&try, 2))
			*r = try;
	}
	if (r->in_months && r->every > PERIOD_MAX_MONTHS)
		return refuse(why, "it runs less than once in 3 years, the longest period");
	if (r->in_months && day > DAYS_OF_EVERY_MONTH)
		return refuse(why,
		    "in UTC it runs on day %u, which not every month has; the day of a month in "
		    "another zone is not one in UTC",
		    day);
	last = r->start;
	for (int64_t n = 1; n < RUNS_MAX && last < r->start + YEARS * 365 * (int64_t)DAY; n++) {
		if (!schedule_next(s, zone, last, &at))
			break;
		if (at != dp_recurrence_time(r, n))
			return refuse_times(s, zone, r, last, at, why);
		last = at;
	}
	return true;
}
