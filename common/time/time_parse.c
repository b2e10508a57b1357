/* SPDX-License-Identifier: MIT */
#include "common/time/time_parse.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"
#include "common/time/time_parse_impl.h"

enum { DAY_SECONDS = 86400 };
#define EPOCH_MAX INT64_C(253402300799) /* seconds: the end of the year 9999 */

/* The parts read so far; the calendar is checked once all are there. */
struct fields {
	int64_t year, month, day, hour, minute, second;
	int64_t year_day, iso_year, iso_week, iso_day;
	int64_t hour12, weekday, pm, short_year; /* all are -1 until they are read */
	uint32_t nanosecond;
	bool has_offset, epoch, before_epoch; /* the number of seconds had a minus sign */
	int32_t offset;
};

struct cursor {
	const char *p, *end;
};

static bool
at_digit(const struct cursor *c)
{
	return c->p < c->end && is_digit(*c->p);
}

/* A number of least to most digits. */
static bool
read_number(struct cursor *c, int least, int most, int64_t *n)
{
	int digits = 0;
	*n = 0;
	for (; digits < most && at_digit(c); digits++)
		*n = *n * 10 + (*c->p++ - '0');
	return digits >= least;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
read_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(c->end - c->p) < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(c->p[i]) != lower(word[i]))
			return false;
	c->p += n;
	return true;
}

/* The long name or its first three letters; *index counts from 0. */
static bool
read_name(struct cursor *c, const char *const *names, int64_t count, int64_t *index)
{
	for (int64_t i = 0; i < count; i++) {
		char three[4] = {names[i][0], names[i][1], names[i][2], '\0'};
		if (read_word(c, names[i]) || read_word(c, three)) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool
read_fraction(struct cursor *c, uint32_t *nanosecond)
{
	uint32_t value = 0, digits = 0;
	for (; digits < 9 && at_digit(c); digits++)
		value = value * 10 + (uint32_t)(*c->p++ - '0');
	if (!digits || at_digit(c))
		return false;
	for (; digits < 9; digits++)
		value *= 10;
	*nanosecond = value;
	return true;
}

static bool
read_offset(struct cursor *c, struct fields *f)
{
	f->has_offset = true;
	if (read_word(c, "Z"))
		return true;
	if (c->p == c->end || (*c->p != '+' && *c->p != '-'))
		return false;
	bool west = *c->p++ == '-';
	int64_t hour, minute = 0;
	if (!read_number(c, 2, 2, &hour) || hour > 23)
		return false;
	bool colon = c->p < c->end && *c->p == ':';
	c->p += colon;
	if ((colon || at_digit(c)) && (!read_number(c, 2, 2, &minute) || minute > 59))
		return false;
	f->offset = (int32_t)((hour * 60 + minute) * 60 * (west ? -1 : 1));
	return true;
}

/* Counts per_second since 1970, possibly negative, as the fields of a UTC date. */
static bool
read_epoch(struct cursor *c, int64_t per_second, struct fields *f)
{
	bool negative = c->p < c->end && *c->p == '-';
	c->p += negative;
	const char *first = c->p;
	while (at_digit(c))
		c->p++;
	int64_t n;
	struct slice digits = {first, (size_t)(c->p - first)};
	if (!parse_integer(digits, 0, INT64_MAX, &n) || n / per_second > EPOCH_MAX)
		return false;
	n = negative ? -n : n;
	int64_t seconds = n / per_second, rest = n % per_second;
	if (rest < 0) {
		rest += per_second;
		seconds--;
	}
	int64_t days = seconds / DAY_SECONDS, second = seconds % DAY_SECONDS;
	if (second < 0) {
		second += DAY_SECONDS;
		days--;
	}
	unsigned month, day;
	iso_civil(days, &f->year, &month, &day);
	f->month = month;
	f->day = day;
	f->hour = second / 3600;
	f->minute = second / 60 % 60;
	f->second = second % 60;
	if (per_second > 1)
		f->nanosecond = (uint32_t)(rest * (1000000000 / per_second));
	f->has_offset = f->epoch = true;
	f->before_epoch = negative && per_second == 1;
	return true;
}

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December"};
static const char *const weekdays[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday",
    "Tuesday", "Wednesday"}; /* 1970-01-01 was the first */

static bool
read_month_name(struct cursor *c, struct fields *f)
{
	if (!read_name(c, months, 12, &f->month))
		return false;
	f->month++;
	return true;
}

/* %.f: a point and digits, or nothing. */
static bool
read_optional_fraction(struct cursor *c, uint32_t *nanosecond)
{
	if (c->p == c->end || *c->p != '.')
		return true;
	c->p++;
	return read_fraction(c, nanosecond);
}

static bool
read_clock(struct cursor *c, char directive, int least, struct fields *f)
{
	switch (directive) {
	case 'H':
		return read_number(c, least, 2, &f->hour);
	case 'I':
		return read_number(c, least, 2, &f->hour12);
	case 'M':
		return read_number(c, least, 2, &f->minute);
	case 'S':
		return read_number(c, least, 2, &f->second);
	case 'f':
		return read_fraction(c, &f->nanosecond);
	case OPTIONAL_FRACTION:
		return read_optional_fraction(c, &f->nanosecond);
	case 'p':
		f->pm = read_word(c, "PM");
		return f->pm || read_word(c, "AM");
	case 'z':
		return read_offset(c, f);
	case 'Z':
		f->has_offset = true;
		return read_word(c, "UTC") || read_word(c, "GMT") || read_word(c, "Z");
	default: /* none, as the format was checked */
		return false;
	}
}

static bool
read_directive(struct cursor *c, const struct time_step *step, struct fields *f)
{
	int least = step->least;
	switch (step->directive) {
	case 'Y':
		return read_number(c, 4, 4, &f->year);
	case 'y':
		return read_number(c, 2, 2, &f->short_year);
	case 'm':
		return read_number(c, least, 2, &f->month);
	case 'd':
		return read_number(c, least, 2, &f->day);
	case 'j':
		return read_number(c, least, 3, &f->year_day);
	case 'G':
		return read_number(c, 4, 4, &f->iso_year);
	case 'V':
		return read_number(c, least, 2, &f->iso_week);
	case 'u':
		return read_number(c, 1, 1, &f->iso_day);
	case 'b':
	case 'B':
		return read_month_name(c, f);
	case 'a':
	case 'A':
		return read_name(c, weekdays, 7, &f->weekday);
	case 's':
		return read_epoch(c, 1, f);
	case 'Q':
		return read_epoch(c, 1000, f);
	case MICROSECONDS:
		return read_epoch(c, 1000000, f);
	case NANOSECONDS:
		return read_epoch(c, 1000000000, f);
	default:
		return read_clock(c, step->directive, least, f);
	}
}

static bool
read_literal(struct cursor *c, struct slice literal)
{
	if ((size_t)(c->end - c->p) < literal.n || memcmp(c->p, literal.p, literal.n) != 0)
		return false;
	c->p += literal.n;
	return true;
}

static bool
read_all(struct cursor *c, const struct time_format *format, struct fields *f)
{
	for (size_t i = 0; i < format->n; i++) {
		const struct time_step *step = &format->steps[i];
		if (step->directive ? !read_directive(c, step, f) : !read_literal(c, step->literal))
			return false;
	}
	return c->p == c->end;
}

static bool
take_hour12(struct fields *f)
{
	if (f->hour12 < 0)
		return f->pm < 0;
	if (f->hour12 < 1 || f->hour12 > 12 || f->pm < 0 || f->hour >= 0)
		return false;
	f->hour = f->hour12 % 12 + (f->pm ? 12 : 0);
	return true;
}

/* -1.5 is half a second before -1, although the fraction is read after it. */
static void
count_back(struct time_parts *m)
{
	m->nanosecond = 1000000000 - m->nanosecond;
	if (m->second-- == 0) {
		m->second += DAY_SECONDS;
		m->days--;
	}
}

static bool
take_year_day(const struct fields *f, int64_t *days)
{
	int64_t first = iso_days(f->year, 1, 1), last = iso_days(f->year, 12, 31);
	*days = first + f->year_day - 1;
	return f->year >= 1 && f->year_day >= 1 && *days <= last;
}

/* ISO 8601: week 1 has the year's first Thursday; weeks begin on Monday. */
static bool
take_week(const struct fields *f, int64_t *days)
{
	if (f->iso_year < 1 || f->iso_year > 9998 || f->iso_week < 1 || f->iso_day == 0 ||
	    f->iso_day > 7)
		return false;
	int64_t fourth = iso_days(f->iso_year, 1, 4), since_monday = (fourth + 3) % 7, year;
	unsigned month, day;
	since_monday += since_monday < 0 ? 7 : 0;
	int64_t monday = fourth - since_monday + (f->iso_week - 1) * 7;
	iso_civil(monday + 3, &year, &month, &day);
	if (f->iso_day > 0)
		*days = monday + f->iso_day - 1;
	else
		*days = monday + (f->weekday < 0 ? 0 : (f->weekday + 3) % 7);
	return year == f->iso_year;
}

static bool
take_month_day(const struct fields *f, enum time_day pick, int64_t *days)
{
	if (f->month < 1 || f->month > 12 || (f->year < 1 && !f->epoch) || f->year > 9999)
		return false;
	int64_t last = iso_month_days(f->year, (unsigned)f->month);
	int64_t day = pick == TIME_DAY_GIVEN ? f->day : pick == TIME_DAY_FIRST ? 1 : last;
	if (day < 1 || day > last)
		return false;
	*days = iso_days(f->year, (unsigned)f->month, (unsigned)day);
	return true;
}

/* The year with these last two digits among the hundred that begin with first. */
static int64_t
year_of_century(int64_t first, int64_t short_year)
{
	return first + (short_year + 100 - first % 100) % 100;
}

static bool
take_date(struct fields *f, const struct time_options *options, struct time_parts *m)
{
	if (f->short_year >= 0)
		f->year = year_of_century(options->century, f->short_year);
	bool good = f->iso_week >= 0   ? take_week(f, &m->days)
		    : f->year_day >= 0 ? take_year_day(f, &m->days)
				       : take_month_day(f, options->day, &m->days);
	return good && (f->weekday < 0 || (m->days - f->weekday) % 7 == 0);
}

static bool
take_time(struct fields *f, struct time_parts *m)
{
	m->has_time = f->hour >= 0;
	if (!m->has_time)
		return true;
	f->minute = f->minute < 0 ? 0 : f->minute;
	f->second = f->second < 0 ? 0 : f->second;
	if (f->hour > 23 || f->minute > 59 ||
	    f->second > 59) /* leap seconds are not of this calendar */
		return false;
	m->second = (f->hour * 60 + f->minute) * 60 + f->second;
	m->nanosecond = f->nanosecond;
	if (f->before_epoch && f->nanosecond)
		count_back(m);
	return true;
}

bool
time_parse(struct slice text, const struct time_format *format, struct time_parts *m)
{
	static const struct fields unread = {.year = -1,
	    .month = -1,
	    .day = -1,
	    .hour = -1,
	    .minute = -1,
	    .second = -1,
	    .year_day = -1,
	    .iso_year = -1,
	    .iso_week = -1,
	    .iso_day = -1,
	    .hour12 = -1,
	    .weekday = -1,
	    .pm = -1,
	    .short_year = -1};
	struct fields f = unread;
	struct cursor c = {text.p, text.p + text.n};
	if (!read_all(&c, format, &f) || !take_hour12(&f))
		return false;
	*m = (struct time_parts){.has_offset = f.has_offset, .offset = f.offset};
	return take_date(&f, &format->options, m) && take_time(&f, m);
}
