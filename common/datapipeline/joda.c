/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/datapipeline/joda.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"

enum { HOUR = 3600, DAY = 86400, WEEK = 7 };

/* The parts of a pattern: a run of one letter, or literal text. */
struct part {
	char letter; /* 0: literal */
	size_t n;    /* of the letter */
	struct slice text;
};

/* Takes the next part; false at the end. Quotes: 'text', and '' is one quote. */
static bool
next_part(struct slice *rest, struct part *part, bool *open)
{
	if (!rest->n)
		return false;
	const char *p = rest->p;
	size_t n = 1;
	*part = (struct part){0};
	if (*p == '\'') {
		while (n < rest->n && p[n] != '\'')
			n++;
		*open |= n == rest->n;
		part->text = n == 1 ? (struct slice){p, 1} : (struct slice){p + 1, n - 1};
		n += n < rest->n;
	} else if (is_letter(*p)) {
		while (n < rest->n && p[n] == *p)
			n++;
		part->letter = *p;
		part->n = n;
	} else {
		part->text = (struct slice){p, 1};
	}
	rest->p += n;
	rest->n -= n;
	return true;
}

void
joda_check(struct slice pattern, struct dp_faults *faults)
{
	struct part part;
	bool open = false, has[128] = {false};
	for (struct slice rest = pattern; next_part(&rest, &part, &open);) {
		if (!part.letter)
			continue;
		if (!strchr("GCYxweEyDMdaKhHkmsSzZ", part.letter))
			dp_faults_add(
			    faults, false, "%c is not a letter of a date pattern", part.letter);
		has[(unsigned char)part.letter & 127] = true;
	}
	bool hour = has['H'] || has['k'] || has['h'] || has['K'];
	if (!pattern.n)
		dp_faults_add(faults, false, "the date pattern is empty");
	if (open)
		dp_faults_add(faults, true, "a quote in the date pattern is not closed");
	if ((has['h'] || has['K']) && !has['a'])
		dp_faults_add(faults, true,
		    "%s is the hour of a 12-hour clock, the same in the morning and the evening; "
		    "HH is the hour from 00 to 23",
		    has['h'] ? "hh" : "KK");
	if (has['k'])
		dp_faults_add(
		    faults, true, "kk gives 24 for midnight; HH is the hour from 00 to 23");
	if (has['m'] && !hour)
		dp_faults_add(faults, true, "mm is the minute; MM is the month");
	if (has['S'] && !has['s'])
		dp_faults_add(faults, true, "S is a fraction of a second; ss is the second");
	if (has['D'] && (has['M'] || has['d']))
		dp_faults_add(faults, true, "D is the day of the year; dd is the day of the month");
	if (has['x'] && (has['M'] || has['d']))
		dp_faults_add(faults, true,
		    "xxxx is the year of the week, another one around New Year; YYYY is the year");
	if ((has['Y'] || has['y']) && has['w'])
		dp_faults_add(faults, true,
		    "ww with YYYY is wrong around New Year; the year of a week is xxxx");
}

static void
put_number(struct buf *out, int64_t value, size_t digits)
{
	buf_printf(out, "%0*" PRId64, (int)(digits > 18 ? 18 : digits), value);
}

static void
put_text(struct buf *out, const char *const *names, int64_t i, size_t letters)
{
	struct slice name = slice_of(names[i]);
	if (letters < 4 && name.n > 3)
		name.n = 3;
	buf_put_slice(out, name);
}

/* The ISO week and its year; a week belongs to the year of its Thursday. */
static int64_t
week_of(int64_t days, int64_t *year)
{
	int64_t weekday = ((days + 3) % WEEK + WEEK) % WEEK; /* 0 is Monday */
	unsigned month, day;
	iso_civil(days - weekday + 3, year, &month, &day);
	return (days - weekday + 3 - iso_days(*year, 1, 1)) / WEEK + 1;
}

static void
put_part(struct buf *out, int64_t seconds, const struct part *part)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
	    "July", "August", "September", "October", "November", "December"};
	static const char *const weekdays[] = {
	    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	int64_t second = (seconds % DAY + DAY) % DAY, days = (seconds - second) / DAY, year,
		weekyear;
	int64_t hour = second / HOUR, weekday = ((days + 3) % WEEK + WEEK) % WEEK;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	int64_t week = week_of(days, &weekyear);
	switch (part->letter) {
	case 'G':
		buf_put_text(out, "AD");
		break;
	case 'C':
		put_number(out, year / 100, part->n);
		break;
	case 'Y':
	case 'y':
	case 'x':
		year = part->letter == 'x' ? weekyear : year;
		put_number(out, part->n == 2 ? year % 100 : year, part->n);
		break;
	case 'w':
		put_number(out, week, part->n);
		break;
	case 'e':
		put_number(out, weekday + 1, part->n);
		break;
	case 'E':
		put_text(out, weekdays, weekday, part->n);
		break;
	case 'D':
		put_number(out, days - iso_days(year, 1, 1) + 1, part->n);
		break;
	case 'M':
		if (part->n > 2)
			put_text(out, months, month - 1, part->n);
		else
			put_number(out, month, part->n);
		break;
	case 'd':
		put_number(out, day, part->n);
		break;
	case 'a':
		buf_put_text(out, hour < 12 ? "AM" : "PM");
		break;
	case 'K':
		put_number(out, hour % 12, part->n);
		break;
	case 'h':
		put_number(out, (hour + 11) % 12 + 1, part->n);
		break;
	case 'H':
		put_number(out, hour, part->n);
		break;
	case 'k':
		put_number(out, hour ? hour : 24, part->n);
		break;
	case 'm':
		put_number(out, second / 60 % 60, part->n);
		break;
	case 's':
		put_number(out, second % 60, part->n);
		break;
	case 'S':
		put_number(out, 0, part->n);
		break;
	case 'z':
		buf_put_text(out, part->n < 4 ? "UTC" : "Coordinated Universal Time");
		break;
	case 'Z':
		buf_put_text(out, part->n == 1 ? "+0000" : part->n == 2 ? "+00:00" : "UTC");
		break;
	default:
		break;
	}
}

void
joda_format(struct buf *out, int64_t seconds, struct slice pattern)
{
	struct part part;
	bool open = false;
	while (next_part(&pattern, &part, &open))
		if (part.letter)
			put_part(out, seconds, &part);
		else
			buf_put_slice(out, part.text);
}
