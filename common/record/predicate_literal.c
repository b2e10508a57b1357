/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/record/number.h"
#include "common/record/predicate_impl.h"
#include "common/text/ascii.h"
#include "common/text/decimal.h"
#include "common/time/iso.h"

enum { DAY = 86400, MILLION = 1000000, BILLION = 1000000000 };

#define BIT(type) (1u << (type))
#define NUMBERS (BIT(VALUE_INT) | BIT(VALUE_FLOAT) | BIT(VALUE_DECIMAL))

/* The integers at digits × 10^places. Far away ones are at the end of int64_t, where no value that is asked for lies. */
static bool
read_range(struct slice digits, int places, struct predicate_range *range)
{
	struct buf shifted = {0}, whole = {0};
	bool changed = false, good = false, huge;
	uint64_t u;
	if (decimal_shift(digits, places, &shifted) &&
	    decimal_rescale(buf_slice(&shifted), 0, ROUND_FLOOR, &whole, &changed)) {
		good = true;
		if (!decimal_to_integer(buf_slice(&whole), &range->low, &u, &huge) || huge ||
		    range->low == INT64_MAX) {
			bool negative = whole.n && whole.p[0] == '-';
			range->low = range->high = negative ? INT64_MIN : INT64_MAX;
		} else {
			range->high = range->low + 1;
			range->low += changed;
		}
	}
	good &= !shifted.failed && !whole.failed;
	buf_free(&shifted);
	buf_free(&whole);
	return good;
}

/* The float itself beside the number: -1 before, 0 at, 1 after it. */
static int
float_beside(double f, struct slice digits)
{
	struct buf text = {0};
	if (isinf(f))
		return f < 0 ? -1 : 1;
	number_put_float(&text, f);
	int order = text.failed ? 0 : decimal_compare(buf_slice(&text), digits);
	buf_free(&text);
	return order < 0 ? -1 : order > 0;
}

static bool
read_number(struct predicate_literal *l)
{
	struct buf digits = {0};
	if (!l->text.n || !decimal_parse(l->text, &digits) || !buf_reserve(&digits, 1)) {
		buf_free(&digits);
		return false;
	}
	digits.p[digits.n] = '\0'; /* for strtod */
	l->decimal_room = digits.p;
	l->decimal = buf_slice(&digits);
	l->fits |= NUMBERS;
	l->is_scaled = true;
	for (int i = 0; i < DECIMAL_SCALES; i++)
		l->is_scaled &= read_range(l->decimal, i, &l->scaled[i]);
	l->is_int_range =
	    l->is_scaled && l->scaled[0].low != INT64_MAX && l->scaled[0].high != INT64_MIN;
	l->nearest = strtod(l->decimal_room, NULL);
	l->beside = float_beside(l->nearest, l->decimal);
	return true;
}

/* An instant range from the wall clock of the zone; a static text if there is none. */
static const char *
read_instants(struct predicate_literal *l, const struct zone *zone, int64_t seconds,
    uint32_t nanoseconds, bool day)
{
	int64_t bounds[2] = {seconds, seconds + DAY};
	struct predicate_instant *to[2] = {&l->low, &l->high};
	if (!zone)
		return "has no zone: write a time with Z or an offset, or give --zone";
	for (int i = 0; i < (day ? 2 : 1); i++) {
		int64_t earlier = 0, later = 0;
		enum zone_fit fit = zone_instants(zone, bounds[i], &earlier, &later);
		if (fit == ZONE_NEVER)
			return day ? "has a midnight that does not exist in the zone of --zone: "
				     "write a time with an offset"
				   : "does not exist in the zone of --zone (skipped when clocks "
				     "go forward)";
		if (fit == ZONE_TWICE && !day)
			return "occurs twice in the zone of --zone: write an offset after it";
		*to[i] = (struct predicate_instant){earlier, nanoseconds};
	}
	return NULL;
}

/* The next instant; a stream's timestamps have nanoseconds. */
static struct predicate_instant
after(struct predicate_instant at)
{
	if (++at.nanoseconds == BILLION) {
		at.nanoseconds = 0;
		at.seconds++;
	}
	return at;
}

static bool
read_time(struct predicate_literal *l, const struct zone *zone)
{
	int64_t n;
	uint32_t nanoseconds = 0;
	if (iso_read_date(l->text, &n)) {
		l->fits |= BIT(VALUE_DATE) | BIT(VALUE_DATETIME);
		l->days = (struct predicate_range){n, n + 1};
		l->micros = (struct predicate_range){n * DAY * MILLION, (n + 1) * DAY * MILLION};
		l->no_instant = read_instants(l, zone, n * DAY, 0, true);
	} else if (iso_read_timestamp(l->text, &n, &nanoseconds)) {
		l->low = (struct predicate_instant){n, nanoseconds};
		l->high = after(l->low);
	} else if (iso_read_wall(l->text, &n, &nanoseconds)) {
		l->fits |= BIT(VALUE_DATETIME);
		int64_t at = n * MILLION + nanoseconds / 1000;
		l->micros = (struct predicate_range){at + (nanoseconds % 1000 != 0), at + 1};
		l->no_instant = read_instants(l, zone, n, nanoseconds, false);
		l->high = after(l->low);
	} else {
		return false;
	}
	if (!l->no_instant)
		l->fits |= BIT(VALUE_TIMESTAMP);
	return true;
}

/* Begins like 2026-1. */
static bool
seems_date(struct slice s)
{
	if (s.n < 6 || s.p[4] != '-' || !is_digit(s.p[5]))
		return false;
	for (int i = 0; i < 4; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

const char *
predicate_literal_read(struct predicate_literal *l, const struct zone *zone)
{
	l->fits = l->quoted ? BIT(VALUE_TEXT) : 0;
	bool yes = slice_equal_caseless(l->text, SLICE("true"));
	if (yes || slice_equal_caseless(l->text, SLICE("false"))) {
		l->fits |= BIT(VALUE_BOOL);
		l->b = yes;
	} else if (!read_number(l) && !read_time(l, zone)) {
		if (!l->quoted && seems_date(l->text))
			return "is not a date or time in ISO 8601 that exists (2026-11-01, "
			       "2026-11-01T13:00:00, 2026-11-01T13:00:00+09:00)";
		l->fits |= BIT(VALUE_TEXT);
	}
	return NULL;
}

enum predicate_form
predicate_literal_form(const struct predicate_literal *l)
{
	if (l->decimal.p)
		return FORM_NUMBER;
	if (l->fits & BIT(VALUE_BOOL))
		return FORM_BOOL;
	if (l->no_instant || l->fits & BIT(VALUE_TIMESTAMP))
		return FORM_TIME;
	return FORM_TEXT;
}

/* Places. */

static int
in_range(int64_t n, const struct predicate_range *range)
{
	return n < range->low ? -1 : n >= range->high;
}

static int
sign(int n)
{
	return n < 0 ? -1 : n > 0;
}

static int
place_integer(const struct predicate_literal *l, const struct value *v)
{
	char room[32];
	struct buf digits = {.p = room, .cap = sizeof room, .max = sizeof room};
	if (l->is_int_range && !v->huge)
		return in_range(v->i, &l->scaled[0]);
	number_put_integer(&digits, v);
	return sign(decimal_compare(buf_slice(&digits), l->decimal));
}

/* A short decimal is read as one integer, and the point chooses the range. */
static int
place_decimal(const struct predicate_literal *l, struct slice s)
{
	const char *p = s.p, *end = s.p + s.n, *point = end;
	bool negative = *p == '-';
	p += negative;
	if (!l->is_scaled || end - p > DECIMAL_FAST)
		return sign(decimal_compare(s, l->decimal));
	int64_t n = 0;
	for (; p < end; p++) {
		if (*p == '.')
			point = p + 1;
		else
			n = n * 10 + (*p - '0');
	}
	return in_range(negative ? -n : n, &l->scaled[end - point]);
}

static int
place_float(const struct predicate_literal *l, double f)
{
	if (f < l->nearest)
		return -1;
	if (f > l->nearest)
		return 1;
	return isnan(f) ? PLACE_NONE : l->beside;
}

static int
place_instant(const struct predicate_literal *l, const struct value *v)
{
	if (v->at.seconds < l->low.seconds ||
	    (v->at.seconds == l->low.seconds && v->at.nanoseconds < l->low.nanoseconds))
		return -1;
	return v->at.seconds > l->high.seconds ||
	       (v->at.seconds == l->high.seconds && v->at.nanoseconds >= l->high.nanoseconds);
}

int
predicate_place(const struct predicate_literal *l, const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
		return place_integer(l, v);
	case VALUE_DECIMAL:
		return place_decimal(l, v->s);
	case VALUE_FLOAT:
		return place_float(l, v->f);
	case VALUE_TEXT:
		return sign(slice_compare(v->s, l->text));
	case VALUE_BOOL:
		return v->b == l->b ? 0 : v->b ? 1 : -1;
	case VALUE_DATE:
		return in_range(v->i, &l->days);
	case VALUE_DATETIME:
		return in_range(v->i, &l->micros);
	case VALUE_TIMESTAMP:
		return place_instant(l, v);
	default:
		return PLACE_NONE;
	}
}
