/* SPDX-License-Identifier: MIT */
#include "common/time/series.h"

enum { DAY = 24 * 60 * 60, STEP_MAX = 100 * 366 }; /* a step in days */

/* Days from -9999 to 9999, in which every date and instant can be written. */
static const int64_t days_max = (int64_t)8030 * 366;

bool
series_read_step(struct series *s, struct slice text)
{
	static const struct {
		char unit;
		bool days;
		int64_t size;
	} units[] = {
	    {'d', true, 1}, {'w', true, 7}, {'h', false, 3600}, {'m', false, 60}, {'s', false, 1}};
	int64_t n;
	if (text.n < 2 || !parse_integer((struct slice){text.p, text.n - 1}, 1, STEP_MAX, &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (text.p[text.n - 1] == units[i].unit) {
			s->days = units[i].days;
			s->step = n * units[i].size;
			return true;
		}
	return false;
}

/* Days before 1970 are negative, so that the division rounds down. */
static int64_t
day_of(int64_t seconds)
{
	return seconds / DAY - (seconds % DAY < 0);
}

static const char *
begin_days(struct series *s, int64_t local)
{
	s->first = day_of(local);
	return local == s->first * DAY ? NULL : "is not the beginning of a day";
}

static const char *
begin_instants(struct series *s, int64_t local, const struct zone *zone)
{
	int64_t later;
	if (!zone)
		return "has no offset from UTC, and no zone says whose clock it is";
	switch (zone_instants(zone, local, &s->first, &later)) {
	case ZONE_ONCE:
		return NULL;
	case ZONE_NEVER:
		return "does not exist in that zone: its clock jumps over it";
	case ZONE_TWICE:
		break;
	}
	return "occurs twice in that zone";
}

const char *
series_begin(struct series *s, bool instant, int64_t seconds, const struct zone *zone)
{
	if (seconds / DAY > days_max || seconds / DAY < -days_max)
		return "is beyond the years that can be written";
	if (!s->days) {
		s->first = seconds;
		return instant ? NULL : begin_instants(s, seconds, zone);
	}
	if (!instant)
		return begin_days(s, seconds);
	if (!zone)
		return "is an instant, and no zone says whose days are meant";
	const char *wrong = begin_days(s, seconds + zone_offset(zone, seconds));
	return wrong ? "is not the beginning of a day in that zone" : NULL;
}

bool
series_at(const struct series *s, uint64_t i, int64_t *value)
{
	int64_t limit = s->days ? days_max : days_max * DAY;
	if (i > (uint64_t)(2 * limit / s->step))
		return false;
	*value = s->first + (int64_t)i * s->step;
	return *value <= limit;
}
