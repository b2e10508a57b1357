/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_text_impl.h"
#include "common/text/ascii.h"

/* Intervals: "1 day 02:03:04.5", "90 minutes", "P1DT2H". Microseconds are the smallest part. */

struct interval {
	int64_t months, days, microseconds;
};

enum part { MONTHS, DAYS, MICROSECONDS };

struct unit {
	const char *name;
	enum part part;
	int64_t factor;
};

#define SECOND INT64_C(1000000)

static const struct unit words[] = {
    {"year", MONTHS, 12},
    {"years", MONTHS, 12},
    {"mon", MONTHS, 1},
    {"mons", MONTHS, 1},
    {"month", MONTHS, 1},
    {"months", MONTHS, 1},
    {"week", DAYS, 7},
    {"weeks", DAYS, 7},
    {"day", DAYS, 1},
    {"days", DAYS, 1},
    {"hour", MICROSECONDS, 3600 * SECOND},
    {"hours", MICROSECONDS, 3600 * SECOND},
    {"minute", MICROSECONDS, 60 * SECOND},
    {"minutes", MICROSECONDS, 60 * SECOND},
    {"min", MICROSECONDS, 60 * SECOND},
    {"mins", MICROSECONDS, 60 * SECOND},
    {"second", MICROSECONDS, SECOND},
    {"seconds", MICROSECONDS, SECOND},
    {"sec", MICROSECONDS, SECOND},
    {"secs", MICROSECONDS, SECOND},
    {"s", MICROSECONDS, SECOND},
    {"millisecond", MICROSECONDS, 1000},
    {"milliseconds", MICROSECONDS, 1000},
    {"ms", MICROSECONDS, 1000},
    {"microsecond", MICROSECONDS, 1},
    {"microseconds", MICROSECONDS, 1},
    {"us", MICROSECONDS, 1},
    {0},
};

/* Letters of ISO 8601; M is a month before the T and a minute after it. */
static const struct unit iso_date[] = {
    {"Y", MONTHS, 12}, {"M", MONTHS, 1}, {"W", DAYS, 7}, {"D", DAYS, 1}, {0}};
static const struct unit iso_time[] = {{"H", MICROSECONDS, 3600 * SECOND},
    {"M", MICROSECONDS, 60 * SECOND}, {"S", MICROSECONDS, SECOND}, {0}};

/* A number with a fraction: value / scale. */
struct number {
	int64_t value, scale;
	bool negative;
};

static bool
begins_with_digit(struct slice s)
{
	return s.n > 0 && is_digit(*s.p);
}

static void
skip(struct slice *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/* At most 15 digits, so that nothing below overflows unnoticed. */
static bool
read_digits(struct slice *s, int64_t *value, int64_t *scale, int *digits)
{
	if (!begins_with_digit(*s))
		return false;
	for (; begins_with_digit(*s); skip(s, 1)) {
		if (++*digits > 15)
			return false;
		*value = *value * 10 + (*s->p - '0');
		*scale *= 10;
	}
	return true;
}

static bool
read_number(struct slice *s, struct number *n)
{
	int digits = 0;
	int64_t none = 1;

	*n = (struct number){.scale = 1};
	n->negative = slice_take(s, '-');
	if (!n->negative)
		slice_take(s, '+');
	if (!read_digits(s, &n->value, &none, &digits))
		return false;
	return !slice_take(s, '.') || read_digits(s, &n->value, &n->scale, &digits);
}

/* False if it is not a whole number of the interval's parts. */
static bool
add(struct interval *i, const struct number *n, enum part part, int64_t factor)
{
	int64_t product, *to = part == MONTHS ? &i->months
			       : part == DAYS ? &i->days
					      : &i->microseconds;

	if (__builtin_mul_overflow(n->value, factor, &product) || product % n->scale != 0)
		return false;
	product /= n->scale;
	return !__builtin_add_overflow(*to, n->negative ? -product : product, to);
}

static const struct unit *
read_unit(struct slice *s, const struct unit *units, size_t longest)
{
	size_t n = 0;

	while (n < s->n && n < longest && is_letter(s->p[n]))
		n++;
	for (; units->name; units++)
		if (slice_equal_caseless((struct slice){s->p, n}, slice_of(units->name))) {
			skip(s, n);
			return units;
		}
	return NULL;
}

/* The rest of "[-]HH:MM[:SS[.ffffff]]" after the hours. Without seconds no fraction: it would make it MM:SS.f. */
static bool
add_clock(struct slice *s, struct interval *i, const struct number *hours)
{
	struct number part = {0};

	if (hours->scale != 1 || !add(i, hours, MICROSECONDS, 3600 * SECOND))
		return false;
	if (!begins_with_digit(*s) || !read_number(s, &part) || part.scale != 1 || part.value > 59)
		return false;
	part.negative = hours->negative;
	if (!add(i, &part, MICROSECONDS, 60 * SECOND))
		return false;
	if (!slice_take(s, ':'))
		return true;
	if (!begins_with_digit(*s) || !read_number(s, &part) || part.value / part.scale > 59)
		return false;
	part.negative = hours->negative;
	return add(i, &part, MICROSECONDS, SECOND);
}

static bool
read_words(struct slice s, struct interval *i)
{
	while (s.n > 0) {
		struct number n;
		if (slice_take(&s, ' '))
			continue;
		if (!read_number(&s, &n))
			return false;
		if (slice_take(&s, ':')) {
			if (!add_clock(&s, i, &n))
				return false;
			continue;
		}
		slice_take(&s, ' ');
		const struct unit *unit = read_unit(&s, words, SIZE_MAX);
		if (!unit || !add(i, &n, unit->part, unit->factor))
			return false;
	}
	return true;
}

static bool
read_iso(struct slice s, struct interval *i)
{
	const struct unit *units = iso_date;

	if (s.n == 0)
		return false;
	while (s.n > 0) {
		struct number n;
		if (units == iso_date && slice_take(&s, 'T'))
			units = iso_time;
		if (!read_number(&s, &n))
			return false;
		const struct unit *unit = read_unit(&s, units, 1);
		if (!unit || !add(i, &n, unit->part, unit->factor))
			return false;
	}
	return true;
}

static bool
read_interval(struct slice s, struct interval *i)
{
	*i = (struct interval){0};
	if (slice_take(&s, 'P'))
		return read_iso(s, i);
	return s.n > 0 && read_words(s, i);
}

bool
pg_text_same_interval(struct slice given, struct slice read)
{
	struct interval a, b;

	return read_interval(given, &a) && read_interval(read, &b) && a.months == b.months &&
	       a.days == b.days && a.microseconds == b.microseconds;
}
