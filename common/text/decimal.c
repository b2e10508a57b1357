/* SPDX-License-Identifier: MIT */
#include "common/text/decimal.h"
#include "common/text/ascii.h"

/*
 * A decimal taken apart: digits whole and after the point, leading zeros of
 * whole removed.
 */
struct parts {
	bool negative;
	struct slice whole, fraction;
};

static struct parts
take_apart(struct slice d)
{
	struct parts parts = {0};
	if (d.n && (d.p[0] == '-' || d.p[0] == '+')) {
		parts.negative = d.p[0] == '-';
		d.p++;
		d.n--;
	}
	const char *point = d.n ? memchr(d.p, '.', d.n) : NULL;
	parts.whole = (struct slice){d.p, point ? (size_t)(point - d.p) : d.n};
	if (point)
		parts.fraction = (struct slice){point + 1, d.n - parts.whole.n - 1};
	while (parts.whole.n && parts.whole.p[0] == '0') {
		parts.whole.p++;
		parts.whole.n--;
	}
	return parts;
}

static bool
all_digits(struct slice s)
{
	for (size_t i = 0; s.p && i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

static bool
all_zeros(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

/* Digit number i (may lie outside: 0) of whole and fraction read as one run. */
static char
digit_at(const struct parts *parts, int64_t i)
{
	if (i < 0)
		return '0';
	if ((size_t)i < parts->whole.n)
		return parts->whole.p[i];
	i -= (int64_t)parts->whole.n;
	return (size_t)i < parts->fraction.n ? parts->fraction.p[i] : '0';
}

/*
 * Appends the parts with the point moved after digit number `point` and scale
 * digits following it.
 */
static bool
put_moved(const struct parts *parts, int64_t point, int64_t scale, struct buf *out)
{
	int64_t first = 0;
	while (first < point && digit_at(parts, first) == '0')
		first++;
	int64_t whole = point > first ? point - first : 0;
	if (whole + scale > DECIMAL_DIGITS_MAX)
		return false;
	char *p = buf_reserve(out, (size_t)(whole + scale) + 3);
	if (!p)
		return false;
	char *start = p;
	bool zero = all_zeros(parts->whole) && all_zeros(parts->fraction);
	if (parts->negative && !zero)
		*p++ = '-';
	if (!whole)
		*p++ = '0';
	for (int64_t i = first; i < point; i++)
		*p++ = digit_at(parts, i);
	if (scale)
		*p++ = '.';
	for (int64_t i = 0; i < scale; i++)
		*p++ = digit_at(parts, point + i);
	out->n += (size_t)(p - start);
	return true;
}

/* The exponent after e or E; out of any range that matters is a failure. */
static bool
parse_exponent(struct slice s, int64_t *exponent)
{
	if (s.n && s.p[0] == '+') {
		s.p++;
		s.n--;
	}
	return parse_integer(s, -DECIMAL_DIGITS_MAX * 2, DECIMAL_DIGITS_MAX * 2, exponent);
}

bool
decimal_parse(struct slice text, struct buf *out)
{
	int64_t exponent = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != 'e' && text.p[i] != 'E')
			continue;
		if (!parse_exponent((struct slice){text.p + i + 1, text.n - i - 1}, &exponent))
			return false;
		text.n = i;
		break;
	}
	size_t sign = text.n && (text.p[0] == '-' || text.p[0] == '+');
	struct parts parts = take_apart(text);
	size_t digits = text.n - sign - (parts.fraction.p != NULL);
	if (text.n <= sign || !digits || !all_digits(parts.whole) || !all_digits(parts.fraction))
		return false;
	if (parts.whole.n + parts.fraction.n > DECIMAL_DIGITS_MAX)
		return false;
	int64_t scale = (int64_t)parts.fraction.n - exponent;
	return put_moved(&parts, (int64_t)parts.whole.n + exponent, scale > 0 ? scale : 0, out);
}

bool
decimal_shift(struct slice d, int places, struct buf *out)
{
	struct parts parts = take_apart(d);
	int64_t scale = (int64_t)parts.fraction.n - places;
	return put_moved(&parts, (int64_t)parts.whole.n + places, scale > 0 ? scale : 0, out);
}

/*
 * Compares the digits cut off with one half of the last digit kept: -1, 0, 1;
 * *any is set if they are not 0.
 */
static int
against_half(struct slice cut, bool *any)
{
	*any = !all_zeros(cut);
	if (!cut.n || cut.p[0] < '5')
		return -1;
	if (cut.p[0] > '5')
		return 1;
	return all_zeros((struct slice){cut.p + 1, cut.n - 1}) ? 0 : 1;
}

static bool
rounds_away(enum decimal_round round, bool negative, int half, bool odd)
{
	switch (round) {
	case ROUND_NONE:
	case ROUND_DOWN:
		return false;
	case ROUND_UP:
		return true;
	case ROUND_FLOOR:
		return negative;
	case ROUND_CEILING:
		return !negative;
	case ROUND_HALF_UP:
		return half >= 0;
	case ROUND_HALF_DOWN:
		return half > 0;
	case ROUND_HALF_EVEN:
		return half > 0 || (half == 0 && odd);
	}
	return false;
}

/* Adds one to the last digit of the decimal that begins at offset from; may make it a digit longer. */
static bool
increment(struct buf *b, size_t from)
{
	for (size_t i = b->n; i-- > from;) {
		if (b->p[i] == '.')
			continue;
		if (b->p[i] == '-') {
			from = i + 1;
			break;
		}
		if (b->p[i] != '9') {
			b->p[i]++;
			return true;
		}
		b->p[i] = '0';
	}
	if (!buf_reserve(b, 1))
		return false;
	memmove(b->p + from + 1, b->p + from, b->n - from);
	b->p[from] = '1';
	b->n++;
	return true;
}

bool
decimal_rescale(
    struct slice d, unsigned scale, enum decimal_round round, struct buf *out, bool *changed)
{
	struct parts parts = take_apart(d);
	size_t start = out->n;
	*changed = false;
	if (parts.fraction.n <= scale)
		return put_moved(&parts, (int64_t)parts.whole.n, scale, out);
	struct slice cut = {parts.fraction.p + scale, parts.fraction.n - scale};
	bool any;
	int half = against_half(cut, &any);
	if (any && round == ROUND_NONE)
		return false;
	parts.fraction.n = scale;
	char last = digit_at(&parts, (int64_t)(parts.whole.n + scale) - 1);
	bool away = any && rounds_away(round, parts.negative, half, (last - '0') % 2);
	/*
	 * -0.4 is cut to 0 and then counted up to -1, so the sign is written
	 * although the rest is zero.
	 */
	bool negative_zero =
	    away && parts.negative && all_zeros(parts.whole) && all_zeros(parts.fraction);
	if (negative_zero)
		buf_put_byte(out, '-');
	if (!put_moved(&parts, (int64_t)parts.whole.n, scale, out) ||
	    (away && !increment(out, start))) {
		out->n = start;
		return false;
	}
	*changed = any;
	return !out->failed;
}

int
decimal_compare(struct slice a, struct slice b)
{
	struct parts x = take_apart(a), y = take_apart(b);
	bool x_zero = all_zeros(x.whole) && all_zeros(x.fraction);
	bool y_zero = all_zeros(y.whole) && all_zeros(y.fraction);
	if (x_zero || y_zero) {
		if (x_zero && y_zero)
			return 0;
		return x_zero ? (y.negative ? 1 : -1) : x.negative ? -1 : 1;
	}
	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	int order = x.whole.n != y.whole.n ? (x.whole.n < y.whole.n ? -1 : 1)
					   : slice_compare(x.whole, y.whole);
	size_t most = x.fraction.n > y.fraction.n ? x.fraction.n : y.fraction.n;
	for (size_t i = 0; !order && i < most; i++)
		order =
		    digit_at(&x, (int64_t)(x.whole.n + i)) - digit_at(&y, (int64_t)(y.whole.n + i));
	return x.negative ? -order : order;
}

bool
decimal_to_integer(struct slice d, int64_t *i, uint64_t *u, bool *huge)
{
	struct parts parts = take_apart(d);
	if (!all_zeros(parts.fraction) || parts.whole.n > 20)
		return false;
	uint64_t n = 0;
	for (size_t k = 0; k < parts.whole.n; k++) {
		uint64_t digit = (uint64_t)(parts.whole.p[k] - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (parts.negative && n > (uint64_t)INT64_MAX + 1)
		return false;
	*huge = !parts.negative && n > INT64_MAX;
	*u = n;
	*i = (int64_t)(parts.negative ? 0 - n : n);
	return true;
}

bool
decimal_round_named(struct slice name, enum decimal_round *round)
{
	static const char *const names[] = {
	    [ROUND_NONE] = "none",
	    [ROUND_DOWN] = "down",
	    [ROUND_UP] = "up",
	    [ROUND_FLOOR] = "floor",
	    [ROUND_CEILING] = "ceiling",
	    [ROUND_HALF_UP] = "half-up",
	    [ROUND_HALF_DOWN] = "half-down",
	    [ROUND_HALF_EVEN] = "half-even",
	};
	for (size_t i = ROUND_DOWN; i < sizeof names / sizeof names[0]; i++)
		if (slice_is(name, names[i])) {
			*round = (enum decimal_round)i;
			return true;
		}
	return false;
}
