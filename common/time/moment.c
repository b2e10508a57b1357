/* SPDX-License-Identifier: MIT */
#include "common/time/moment.h"
#include "common/time/iso.h"

enum { DAY_SECONDS = 86400 };

/* What has been read so far; the calendar is checked when all is there. */
struct fields {
	int64_t year, month, day, hour, minute, second;
	int64_t hour12, weekday, pm; /* -1: not there */
	uint32_t nanosecond;
	bool has_offset, epoch, before_epoch; /* the number of seconds had a minus sign */
	int32_t offset;
};

struct cursor {
	const char *p, *end;
};

static bool
is_digit(const struct cursor *c)
{
	return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

/* A number of least to most digits. */
static bool
read_number(struct cursor *c, int least, int most, int64_t *n)
{
	int digits = 0;
	*n = 0;
	for (; digits < most && is_digit(c); digits++)
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
	for (; digits < 9 && is_digit(c); digits++)
		value = value * 10 + (uint32_t)(*c->p++ - '0');
	if (!digits || is_digit(c))
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
	if ((colon || is_digit(c)) && (!read_number(c, 2, 2, &minute) || minute > 59))
		return false;
	f->offset = (int32_t)((hour * 60 + minute) * 60 * (west ? -1 : 1));
	return true;
}

/* Seconds or milliseconds since 1970, maybe negative: as the fields of a UTC date. */
static bool
read_epoch(struct cursor *c, int64_t per_second, struct fields *f)
{
	bool negative = c->p < c->end && *c->p == '-';
	c->p += negative;
	int64_t n;
	if (!read_number(c, 1, 15, &n) || is_digit(c))
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

static bool
read_directive(struct cursor *c, char directive, int least, struct fields *f)
{
	switch (directive) {
	case 'Y':
		return read_number(c, 4, 4, &f->year);
	case 'm':
		return read_number(c, least, 2, &f->month);
	case 'd':
		return read_number(c, least, 2, &f->day);
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
	case 'b':
	case 'B':
		return read_month_name(c, f);
	case 'a':
	case 'A':
		return read_name(c, weekdays, 7, &f->weekday);
	case 'p':
		f->pm = read_word(c, "PM");
		return f->pm || read_word(c, "AM");
	case 'z':
		return read_offset(c, f);
	case 'Z':
		f->has_offset = true;
		return read_word(c, "UTC") || read_word(c, "GMT") || read_word(c, "Z");
	case 's':
		return read_epoch(c, 1, f);
	case 'Q':
		return read_epoch(c, 1000, f);
	default: /* %%, as the format was checked */
		return read_word(c, "%");
	}
}

static bool
is_number(char directive)
{
	return directive && strchr("YmdHIMSf", directive);
}

/* Directives that tell the same part of a time. */
static const char *const parts[] = {
    "Y", "mbB", "d", "H", "I", "M", "S", "f", "aA", "p", "zZ", "sQ"};
enum { PARTS = sizeof parts / sizeof parts[0] };

static bool
tells(const bool told[PARTS], const char *letters)
{
	for (size_t i = 0; i < PARTS; i++)
		if (told[i] && strchr(letters, parts[i][0]))
			return true;
	return false;
}

/* Two directives for one part could contradict each other, and one of them would be dropped. */
static const char *
combination_wrong(struct slice format)
{
	bool told[PARTS] = {false}, milliseconds = false;
	for (size_t i = 0; i + 1 < format.n; i++) {
		if (format.p[i] != '%')
			continue;
		char directive = format.p[++i];
		milliseconds |= directive == 'Q';
		for (size_t part = 0; part < PARTS; part++) {
			if (!strchr(parts[part], directive))
				continue;
			if (told[part])
				return "it tells the same part of a time twice";
			told[part] = true;
		}
	}
	if (tells(told, "s") && tells(told, "YmdHIMSpz"))
		return "%s and %Q tell the whole time, so nothing else can";
	if (tells(told, "f") && (milliseconds || !tells(told, "Ss")))
		return "%f is the fraction of a second: %S or %s must be in it";
	return NULL;
}

const char *
moment_format_wrong(struct slice format)
{
	for (size_t i = 0; i < format.n; i++) {
		if (format.p[i] != '%')
			continue;
		if (++i == format.n)
			return "it ends in a lone %";
		if (format.p[i] == 'y')
			return "%y would guess the century; two-digit years are not read";
		if (!strchr("YmdHIMSfbBaApzZsQ%", format.p[i]))
			return "it holds a directive that is not known";
	}
	return format.n ? combination_wrong(format) : "it is empty";
}

static bool
read_all(struct cursor *c, struct slice format, struct fields *f)
{
	for (size_t i = 0; i < format.n; i++) {
		if (format.p[i] != '%') {
			if (c->p == c->end || *c->p++ != format.p[i])
				return false;
			continue;
		}
		char directive = format.p[++i];
		/* %Y%m%d: without a border between them, both must have all their digits. */
		bool joined =
		    (i + 2 < format.n && format.p[i + 1] == '%' && is_number(format.p[i + 2])) ||
		    (i >= 3 && format.p[i - 3] == '%' && is_number(format.p[i - 2]));
		if (!read_directive(c, directive, joined ? 2 : 1, f))
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

/* -1.5 is half a second before -1, although the fraction is read behind it. */
static void
count_back(struct moment *m)
{
	m->nanosecond = 1000000000 - m->nanosecond;
	if (m->second-- == 0) {
		m->second += DAY_SECONDS;
		m->days--;
	}
}

bool
moment_parse(struct slice text, struct slice format, struct moment *m)
{
	struct fields f = {.year = -1,
	    .month = -1,
	    .day = -1,
	    .hour = -1,
	    .minute = -1,
	    .second = -1,
	    .hour12 = -1,
	    .weekday = -1,
	    .pm = -1};
	struct cursor c = {text.p, text.p + text.n};
	if (!read_all(&c, format, &f) || !take_hour12(&f))
		return false;
	*m = (struct moment){.has_offset = f.has_offset, .offset = f.offset};
	m->has_date = f.year >= 0 || f.month >= 0 || f.day >= 0;
	m->has_time = f.hour >= 0;
	if (m->has_date) {
		/* A month or week column names its first day. */
		f.day = f.day < 0 ? 1 : f.day;
		if (f.month < 1 || f.month > 12 || (f.year < 1 && !f.epoch) || f.year > 9999)
			return false;
		if (f.day < 1 || f.day > iso_month_days(f.year, (unsigned)f.month))
			return false;
		m->days = iso_days(f.year, (unsigned)f.month, (unsigned)f.day);
		if (f.weekday >= 0 && ((m->days - f.weekday) % 7) != 0)
			return false;
	}
	if (!m->has_time)
		return f.minute < 0 && f.second < 0 && m->has_date;
	f.minute = f.minute < 0 ? 0 : f.minute;
	f.second = f.second < 0 ? 0 : f.second;
	if (f.hour > 23 || f.minute > 59 ||
	    f.second > 59) /* leap seconds are not of this calendar */
		return false;
	m->second = (f.hour * 60 + f.minute) * 60 + f.second;
	m->nanosecond = f.nanosecond;
	if (f.before_epoch && f.nanosecond)
		count_back(m);
	return true;
}
