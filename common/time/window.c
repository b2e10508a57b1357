/* SPDX-License-Identifier: MIT */
#include "common/time/window.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"

enum { HOUR = 3600, DAY = 86400, SPAN_MAX = 1000000 };

bool
span_parse(struct slice text, struct span *s)
{
	static const struct {
		char letter;
		enum span_unit unit;
		int64_t factor;
	} units[] = {{'h', SPAN_HOURS, 1}, {'d', SPAN_DAYS, 1}, {'w', SPAN_DAYS, 7},
	    {'m', SPAN_MONTHS, 1}, {'y', SPAN_MONTHS, 12}};
	int64_t n;
	if (text.n < 2 || !parse_integer((struct slice){text.p, text.n - 1}, 1, SPAN_MAX, &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (text.p[text.n - 1] == units[i].letter) {
			*s = (struct span){n * units[i].factor, units[i].unit};
			return true;
		}
	return false;
}

static int64_t
add_months(int64_t days, int64_t n)
{
	int64_t year;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	int64_t months = year * 12 + month - 1 + n;
	year = months / 12 - (months % 12 < 0);
	month = (unsigned)(months - year * 12) + 1;
	unsigned last = iso_month_days(year, month);
	return iso_days(year, month, day < last ? day : last);
}

int64_t
span_before(int64_t days, const struct span *s)
{
	return s->unit == SPAN_MONTHS ? add_months(days, -s->n) : days - s->n;
}

int64_t
window_day_start(const struct zone *zone, int64_t days)
{
	int64_t local = days * DAY, earlier, later;
	if (zone_instants(zone, local, &earlier, &later) != ZONE_NEVER)
		return earlier;
	/* The clock skips it: the day begins where it goes on. */
	int64_t before = local - 2 * DAY, after = local + 2 * DAY;
	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;
		if (middle + zone_offset(zone, middle) < local)
			before = middle;
		else
			after = middle;
	}
	return after;
}

bool
window_is_of_times(const struct window_plan *p)
{
	return p->step.n && p->step.unit == SPAN_HOURS;
}

static int64_t
time_of(const struct window_plan *p, int64_t days)
{
	return p->zone ? window_day_start(p->zone, days) : days * DAY;
}

void
window_plan_days(struct window_plan *p, int64_t first, int64_t end)
{
	bool times = window_is_of_times(p);
	p->first = times ? time_of(p, first) : first;
	p->end = times ? time_of(p, end) : end;
}

/* The first midnight after a time. */
static int64_t
next_day(const struct window_plan *p, int64_t time)
{
	int64_t local = time + (p->zone ? zone_offset(p->zone, time) : 0);
	int64_t day = local / DAY - (local % DAY < 0) + 1;
	int64_t next = time_of(p, day);
	/* Of a day that was shown twice we may be in the second one. */
	return next > time ? next : time_of(p, day + 1);
}

/* Counted from the first one, so that windows which begin on the 31st do not drift. */
static int64_t
next_month(const struct window_plan *p, int64_t from)
{
	int64_t year, first_year;
	unsigned month, first_month, day;
	iso_civil(from, &year, &month, &day);
	iso_civil(p->first, &first_year, &first_month, &day);
	int64_t months = (year - first_year) * 12 + (int64_t)month - (int64_t)first_month;
	int64_t k = months / p->step.n, next;
	while ((next = add_months(p->first, k * p->step.n)) <= from)
		k++;
	return next;
}

int64_t
window_end(const struct window_plan *p, int64_t from)
{
	int64_t end = p->end;
	if (!p->step.n)
		return end;
	switch (p->step.unit) {
	case SPAN_HOURS:
		end = from + p->step.n * HOUR;
		if (p->step.n < 24 && next_day(p, from) < end)
			end = next_day(p, from);
		break;
	case SPAN_DAYS:
		end = from + p->step.n;
		break;
	case SPAN_MONTHS:
		end = next_month(p, from);
		break;
	}
	return end < p->end ? end : p->end;
}

bool
window_middle(const struct window_plan *p, int64_t from, int64_t to, int64_t *middle)
{
	int64_t unit = window_is_of_times(p) ? HOUR : 1, n = (to - from + unit - 1) / unit;
	*middle = from + n / 2 * unit;
	return n > 1;
}
