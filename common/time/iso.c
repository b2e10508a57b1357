/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/text/ascii.h"
#include "common/time/iso.h"

enum { DAY_SECONDS = 86400, ERA_DAYS = 146097 };

static const int64_t second = 1000000;

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * The remainder of a / b, never negative. A product with the quotient could
 * overflow.
 */
static int64_t
floor_rest(int64_t a, int64_t b)
{
	int64_t rest = a % b;
	return rest < 0 ? rest + b : rest;
}

/*
 * Years are counted from March, so that the leap day is the last of a year, and in
 * eras of 400 years, which are all equally long.
 */
int64_t
iso_days(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = floor_divide(year, 400), y = year - era * 400;
	int64_t m = month > 2 ? month - 3 : month + 9;
	return era * ERA_DAYS + y * 365 + y / 4 - y / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

void
iso_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = floor_divide(days, ERA_DAYS), d = days - era * ERA_DAYS;
	int64_t y = (d - d / 1460 + d / 36524 - d / (ERA_DAYS - 1)) / 365;
	d -= y * 365 + y / 4 - y / 100;
	int64_t m = (5 * d + 2) / 153;
	*day = (unsigned)(d - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = era * 400 + y + (*month <= 2);
}

unsigned
iso_month_days(int64_t year, unsigned month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Writes n as that many digits, with zeros before it. */
static void
put_digits(char *p, size_t digits, uint32_t n)
{
	for (; digits > 0; n /= 10)
		p[--digits] = (char)('0' + n % 10);
}

void
iso_put_date(struct buf *b, int64_t days)
{
	int64_t year;
	unsigned month, day;
	char text[] = "yyyy-mm-dd";

	iso_civil(days, &year, &month, &day);
	if (year < 0 || year > 9999) {
		buf_printf(b, "%+06" PRId64 "-%02u-%02u", year, month, day);
		return;
	}
	put_digits(text, 4, (uint32_t)year);
	put_digits(text + 5, 2, month);
	put_digits(text + 8, 2, day);
	buf_put(b, text, sizeof text - 1);
}

/* HH:MM:SS of a second of the day, then the fraction with as many digits of nine, six or three as it takes. */
static void
put_clock(struct buf *b, int64_t seconds, uint32_t nanoseconds)
{
	char text[] = "hh:mm:ss.nnnnnnnnn";
	size_t n = nanoseconds == 0             ? 0
		   : nanoseconds % 1000 != 0    ? 9
		   : nanoseconds % 1000000 != 0 ? 6
						: 3;

	put_digits(text, 2, (uint32_t)(seconds / 3600));
	put_digits(text + 3, 2, (uint32_t)(seconds / 60 % 60));
	put_digits(text + 6, 2, (uint32_t)(seconds % 60));
	put_digits(text + 9, 9, nanoseconds);
	buf_put(b, text, n ? 9 + n : 8);
}

void
iso_put_time(struct buf *b, int64_t microseconds)
{
	put_clock(b, microseconds / second, (uint32_t)(microseconds % second * 1000));
}

void
iso_put_datetime(struct buf *b, int64_t microseconds)
{
	int64_t days = floor_divide(microseconds, DAY_SECONDS * second);
	int64_t rest = floor_rest(microseconds, DAY_SECONDS * second);

	iso_put_date(b, days);
	buf_put_byte(b, 'T');
	put_clock(b, rest / second, (uint32_t)(rest % second * 1000));
}

void
iso_put_timestamp(struct buf *b, int64_t seconds, uint32_t nanoseconds)
{
	int64_t days = floor_divide(seconds, DAY_SECONDS);

	iso_put_date(b, days);
	buf_put_byte(b, 'T');
	put_clock(b, floor_rest(seconds, DAY_SECONDS), nanoseconds);
	buf_put_byte(b, 'Z');
}

/* Takes exactly n digits from the front; the value must be within [low, high]. */
static bool
take_digits(struct slice *s, size_t n, unsigned low, unsigned high, unsigned *value)
{
	unsigned v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s->p[i]))
			return false;
		v = v * 10 + (unsigned)(s->p[i] - '0');
	}
	s->p += n;
	s->n -= n;
	*value = v;
	return v >= low && v <= high;
}

static bool
take_date(struct slice *s, int64_t *days)
{
	unsigned year, month, day;

	if (!take_digits(s, 4, 0, 9999, &year) || !slice_take(s, '-') ||
	    !take_digits(s, 2, 1, 12, &month) || !slice_take(s, '-') ||
	    !take_digits(s, 2, 1, iso_month_days(year, month), &day))
		return false;
	*days = iso_days(year, month, day);
	return true;
}

static bool
take_clock(struct slice *s, size_t digits_max, int64_t *seconds, uint32_t *nanoseconds)
{
	unsigned h, m, sec, fraction = 0;

	if (!take_digits(s, 2, 0, 23, &h) || !slice_take(s, ':') || !take_digits(s, 2, 0, 59, &m) ||
	    !slice_take(s, ':') || !take_digits(s, 2, 0, 59, &sec))
		return false;
	if (slice_take(s, '.')) {
		size_t n = 0;
		while (n < s->n && is_digit(s->p[n]))
			n++;
		if (n == 0 || n > digits_max || !take_digits(s, n, 0, 999999999, &fraction))
			return false;
		for (; n < 9; n++)
			fraction *= 10;
	}
	*seconds = h * 3600 + m * 60 + sec;
	*nanoseconds = fraction;
	return true;
}

bool
iso_read_date(struct slice s, int64_t *days)
{
	return take_date(&s, days) && s.n == 0;
}

bool
iso_read_time(struct slice s, int64_t *microseconds)
{
	int64_t seconds;
	uint32_t nanoseconds;

	if (!take_clock(&s, 6, &seconds, &nanoseconds) || s.n > 0)
		return false;
	*microseconds = seconds * second + nanoseconds / 1000;
	return true;
}

bool
iso_read_datetime(struct slice s, int64_t *microseconds)
{
	int64_t days, time;

	if (!take_date(&s, &days) || (!slice_take(&s, 'T') && !slice_take(&s, ' ')) ||
	    !iso_read_time(s, &time))
		return false;
	*microseconds = days * DAY_SECONDS * second + time;
	return true;
}

bool
iso_read_wall(struct slice s, int64_t *seconds, uint32_t *nanoseconds)
{
	int64_t days, clock;

	if (!take_date(&s, &days) || (!slice_take(&s, 'T') && !slice_take(&s, ' ')) ||
	    !take_clock(&s, 9, &clock, nanoseconds) || s.n > 0)
		return false;
	*seconds = days * DAY_SECONDS + clock;
	return true;
}

bool
iso_read_timestamp(struct slice s, int64_t *seconds, uint32_t *nanoseconds)
{
	int64_t days, clock;
	unsigned hours = 0, minutes = 0;

	if (!take_date(&s, &days) || (!slice_take(&s, 'T') && !slice_take(&s, ' ')) ||
	    !take_clock(&s, 9, &clock, nanoseconds))
		return false;
	bool west = s.n > 0 && *s.p == '-';
	if (!slice_take(&s, 'Z')) {
		if (!slice_take(&s, west ? '-' : '+') || !take_digits(&s, 2, 0, 23, &hours))
			return false;
		bool colon = slice_take(&s, ':');
		if ((colon || s.n > 0) && !take_digits(&s, 2, 0, 59, &minutes))
			return false;
	}
	if (s.n > 0)
		return false;
	int64_t offset = hours * 3600 + minutes * 60;
	*seconds = days * DAY_SECONDS + clock - (west ? -offset : offset);
	return true;
}
