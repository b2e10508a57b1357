/* SPDX-License-Identifier: MIT */
#include "common/batch/schedule.h"
#include "common/time/iso.h"

enum {
	DAY = 86400,
	MINUTES = 24 * 60,      /* of a day */
	DAYS_MAX = 8 * 366 + 1, /* February 29 is at most 8 years away */
};

static const char *const month_names[] = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

struct field {
	int64_t low, high;
	const char *const *names; /* of low and the values after it; may be NULL */
};

/* The next part of *s up to a separator, which is taken too. */
static struct slice
take_part(struct slice *s, char separator)
{
	const char *end = s->n ? memchr(s->p, separator, s->n) : NULL;
	struct slice part = {s->p, end ? (size_t)(end - s->p) : s->n};
	size_t used = part.n + (end ? 1 : 0);
	s->p += used;
	s->n -= used;
	return part;
}

static bool
read_number(struct slice text, const struct field *f, int64_t *n)
{
	for (size_t i = 0; f->names && f->names[i]; i++)
		if (slice_equal_caseless(text, slice_of(f->names[i]))) {
			*n = f->low + (int64_t)i;
			return true;
		}
	return text.n > 0 && text.p[0] != '-' && parse_integer(text, f->low, f->high, n);
}

/* One element of a list: "*", "5", "1-5", each with "/STEP" if wanted. */
static bool
read_element(struct slice element, const struct field *f, uint64_t *bits)
{
	int64_t low = f->low, high = f->high, step = 1;
	bool has_step = element.n && memchr(element.p, '/', element.n);
	struct slice range = take_part(&element, '/');
	if (has_step && !parse_integer(element, 1, f->high, &step))
		return false;
	if (!slice_is(range, "*")) {
		bool is_range = range.n && memchr(range.p, '-', range.n);
		if (!read_number(take_part(&range, '-'), f, &low))
			return false;
		high = has_step ? f->high : low;
		if (is_range && !read_number(range, f, &high))
			return false;
		if (high < low)
			return false;
	}
	for (int64_t n = low; n <= high; n += step)
		*bits |= (uint64_t)1 << n;
	return true;
}

static bool
read_field(struct slice text, const struct field *f, uint64_t *bits)
{
	*bits = 0;
	if (!text.n || text.p[text.n - 1] == ',')
		return false;
	while (text.n)
		if (!read_element(take_part(&text, ','), f, bits))
			return false;
	return true;
}

static bool
is_star(struct slice field)
{
	return field.n > 0 && field.p[0] == '*';
}

/* Some month that is wanted has one of the days that are wanted. */
static bool
ever_comes(const struct schedule *s)
{
	if (!s->any_weekday)
		return true;
	for (unsigned month = 1; month <= 12; month++)
		for (unsigned day = 1; day <= iso_month_days(2024, month); day++)
			if (s->months >> month & 1 && s->days >> day & 1)
				return true;
	return false;
}

static struct slice
take_word(struct slice *s)
{
	*s = slice_trim(*s);
	size_t n = 0;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	struct slice word = {s->p, n};
	s->p += n;
	s->n -= n;
	return word;
}

const char *
schedule_read(struct slice text, struct schedule *s, struct slice *at)
{
	static const struct field fields[5] = {{0, 59, NULL}, {0, 23, NULL}, {1, 31, NULL},
	    {1, 12, month_names}, {0, 7, weekday_names}};
	static const char *const wrong[5] = {"is not a minute of cron (0-59)",
	    "is not an hour of cron (0-23)", "is not a day of the month of cron (1-31)",
	    "is not a month of cron (1-12, jan-dec)",
	    "is not a day of the week of cron (0-7, sun-sat)"};
	uint64_t bits[5] = {0};
	bool star[5];
	*s = (struct schedule){0};
	text = slice_trim(text);
	*at = text;
	struct slice rest = text;
	for (size_t i = 0; i < 5; i++) {
		struct slice word = take_word(&rest);
		*at = text;
		if (!word.n)
			return "has fewer than the five fields of cron";
		*at = word;
		if (!read_field(word, &fields[i], &bits[i]))
			return wrong[i];
		star[i] = is_star(word);
		s->fields = (struct slice){text.p, (size_t)(word.p + word.n - text.p)};
	}
	*at = text;
	s->zone = take_word(&rest);
	if (!s->zone.n)
		return "has no time zone after the five fields, such as Asia/Tokyo or UTC";
	*at = slice_trim(rest);
	if (at->n)
		return "comes after the time zone";
	s->minutes = bits[0];
	s->hours = (uint32_t)bits[1];
	s->days = (uint32_t)bits[2];
	s->months = (uint32_t)bits[3];
	s->weekdays = (uint32_t)(bits[4] | bits[4] >> 7) & 0x7f; /* 7 is Sunday, too */
	s->any_hour = star[1];
	s->any_day = star[2];
	s->any_weekday = star[4];
	*at = text;
	return ever_comes(s) ? NULL : "is a date that never comes";
}

static bool
wants_day(const struct schedule *s, int64_t days)
{
	int64_t year;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	if (!(s->months >> month & 1))
		return false;
	unsigned weekday = (unsigned)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
	bool by_day = s->days >> day & 1, by_weekday = s->weekdays >> weekday & 1;
	if (s->any_day || s->any_weekday)
		return by_day && by_weekday;
	return by_day || by_weekday;
}

/* The instants of a time on the wall clock: 0, 1 or 2, in order. */
static size_t
instants(const struct schedule *s, const struct zone *zone, int64_t local, int64_t at[2])
{
	switch (zone_instants(zone, local, &at[0], &at[1])) {
	case ZONE_ONCE:
		return 1;
	case ZONE_TWICE:
		return s->any_hour ? 2 : 1;
	case ZONE_NEVER:
		break;
	}
	if (s->any_hour)
		return 0;
	/* With the offset of before the change it is as far after the change as the clock jumped. */
	int64_t utc = local - zone_offset(zone, local - zone_offset(zone, local) - DAY);
	int64_t low = utc - DAY, high = utc;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (zone_offset(zone, middle) == zone_offset(zone, low))
			low = middle;
		else
			high = middle;
	}
	at[0] = high;
	return 1;
}

static bool
wants_minute(const struct schedule *s, int64_t minute)
{
	return s->hours >> minute / 60 & 1 && s->minutes >> minute % 60 & 1;
}

/* Whether the clock stays as it is from two days before a local day to two days after it. (No zone changes twice within half a day.) */
static bool
is_steady(const struct zone *zone, int64_t days, int64_t *offset)
{
	int64_t first = (days - 2) * DAY;
	*offset = zone_offset(zone, first);
	for (int64_t at = first; at <= first + 5 * (int64_t)DAY; at += DAY / 2)
		if (zone_offset(zone, at) != *offset)
			return false;
	return true;
}

/* As run_of_day, of a day without a change of the clock: the times of the wall clock are in the order of the instants. */
static bool
run_of_steady_day(
    const struct schedule *s, int64_t midnight, bool forward, int64_t limit, int64_t *best)
{
	int64_t step = forward ? 1 : -1, minute = forward ? 0 : MINUTES - 1;
	/* Those on the wrong side of the limit need no look. */
	int64_t near = (limit - midnight) / 60 - step;
	if (forward ? near > minute : near < minute)
		minute = near;
	for (; minute >= 0 && minute < MINUTES; minute += step) {
		*best = midnight + minute * 60;
		if (wants_minute(s, minute) && (forward ? *best > limit : *best <= limit))
			return true;
	}
	return false;
}

/* The run of one local day that is nearest to the limit: the first after it, or the last up to it. */
static bool
run_of_day(const struct schedule *s, const struct zone *zone, int64_t days, bool forward,
    int64_t limit, int64_t *best)
{
	bool found = false;
	int64_t offset;
	if (is_steady(zone, days, &offset))
		return run_of_steady_day(s, days * DAY - offset, forward, limit, best);
	for (int64_t minute = 0; minute < MINUTES; minute++) {
		if (!wants_minute(s, minute))
			continue;
		int64_t at[2];
		size_t n = instants(s, zone, days * DAY + minute * 60, at);
		for (size_t i = 0; i < n; i++) {
			if (forward ? at[i] <= limit : at[i] > limit)
				continue;
			if (!found || (forward ? at[i] < *best : at[i] > *best))
				*best = at[i];
			found = true;
		}
	}
	return found;
}

static int64_t
floor_day(int64_t seconds)
{
	return (seconds >= 0 ? seconds : seconds - DAY + 1) / DAY;
}

bool
schedule_next(const struct schedule *s, const struct zone *zone, int64_t after, int64_t *at)
{
	/* A day earlier too: its last runs may lie after a change of the clock. */
	int64_t first = floor_day(after + zone_offset(zone, after)) - 1;
	for (int64_t days = first; days < first + DAYS_MAX; days++)
		if (wants_day(s, days) && run_of_day(s, zone, days, true, after, at))
			return true;
	return false;
}

bool
schedule_last(const struct schedule *s, const struct zone *zone, int64_t until, int64_t *at)
{
	int64_t last = floor_day(until + zone_offset(zone, until)) + 1;
	for (int64_t days = last; days > last - DAYS_MAX; days--)
		if (wants_day(s, days) && run_of_day(s, zone, days, false, until, at))
			return true;
	return false;
}
