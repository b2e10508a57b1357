/* SPDX-License-Identifier: MIT */
#include "common/text/decimal_sum.h"

enum { DIGITS_FAST = 18 };

bool
decimal_scaled(struct slice digits, int64_t *n, unsigned *places)
{
	const char *p = digits.p, *end = digits.p + digits.n, *point = end;
	bool negative = *p == '-';
	int64_t sum = 0;
	p += negative;
	if (end - p > DIGITS_FAST + 1)
		return false;
	for (; p < end; p++) {
		if (*p == '.')
			point = p + 1;
		else
			sum = sum * 10 + (*p - '0');
	}
	/* 19 digits without a point may be more than an integer holds. */
	if (point == end && end - digits.p - negative > DIGITS_FAST)
		return false;
	*n = negative ? -sum : sum;
	*places = (unsigned)(end - point);
	return true;
}

void
decimal_sum_add_scaled(struct decimal_sum *s, int64_t n, unsigned places)
{
	struct decimal_wide *w = &s->places[places];
	uint64_t low = w->low + (uint64_t)n;
	w->high += (n < 0 ? -1 : 0) + (low < w->low);
	w->low = low;
	s->used |= UINT64_C(1) << (places & 63);
}

/* The digits of the number, from the one for 10^position on; others are 0. */
struct digits {
	struct slice s; /* without sign */
	long point;     /* index of the point in s, or of its end */
	bool negative;
};

static struct digits
digits_of(struct slice s)
{
	struct digits d = {.s = s, .negative = s.p[0] == '-'};
	d.s.p += d.negative;
	d.s.n -= d.negative;
	const char *point = memchr(d.s.p, '.', d.s.n);
	d.point = point ? point - d.s.p : (long)d.s.n;
	return d;
}

static int
digit_at(const struct digits *d, long position)
{
	long i = position >= 0 ? d->point - 1 - position : d->point - position;
	return i < 0 || i >= (long)d->s.n ? 0 : d->s.p[i] - '0';
}

static long
places_of(const struct digits *d)
{
	return d->point == (long)d->s.n ? 0 : (long)d->s.n - d->point - 1;
}

/* Whether the amount of a is less than that of b. */
static bool
less(const struct digits *a, const struct digits *b, long high, long low)
{
	for (long i = high; i >= low; i--)
		if (digit_at(a, i) != digit_at(b, i))
			return digit_at(a, i) < digit_at(b, i);
	return false;
}

void
decimal_add(struct slice a_text, struct slice b_text, struct buf *out)
{
	struct digits a = digits_of(a_text), b = digits_of(b_text);
	long high = a.point > b.point ? a.point : b.point; /* one more than both have */
	long places = places_of(&a) > places_of(&b) ? places_of(&a) : places_of(&b);
	bool subtract = a.negative != b.negative;
	if (subtract && less(&a, &b, high, -places)) {
		struct digits other = a;
		a = b;
		b = other;
	}
	size_t n = (size_t)(high + 1 + places + (places > 0));
	char *p = buf_reserve(out, n + 1);
	if (!p)
		return;
	char *to = p + n + 1;
	int carry = 0;
	bool any = false;
	for (long i = -places; i <= high; i++) {
		int sum = digit_at(&a, i) + (subtract ? -digit_at(&b, i) : digit_at(&b, i)) + carry;
		carry = sum < 0 ? -1 : sum / 10;
		sum -= carry * 10;
		any |= sum != 0;
		if (i == 0 && places > 0)
			*--to = '.';
		*--to = (char)('0' + sum);
	}
	char *end = p + n + 1;
	while (to + 1 < end && *to == '0' && to[1] != '.')
		to++;
	if (a.negative && any)
		*--to = '-';
	memmove(p, to, (size_t)(end - to));
	out->n += (size_t)(end - to);
}

void
decimal_sum_add(struct decimal_sum *s, struct slice digits)
{
	int64_t n;
	unsigned places;
	struct buf sum = {0};
	if (decimal_scaled(digits, &n, &places)) {
		decimal_sum_add_scaled(s, n, places);
		return;
	}
	decimal_add(s->rest.n ? buf_slice(&s->rest) : SLICE("0"), digits, &sum);
	buf_free(&s->rest);
	s->rest = sum;
	s->failed |= sum.failed;
}

/* Appends the integer with a point before its last places. */
static void
put_wide(struct buf *out, struct decimal_wide w, unsigned places)
{
	bool negative = w.high < 0;
	uint64_t high = (uint64_t)w.high, low = w.low;
	char text[48], *to = text + sizeof text;
	if (negative) {
		low = 0 - low;
		high = ~high + (low == 0);
	}
	/* Four parts of 32 bits, divided by ten again and again. */
	uint32_t part[4] = {
	    (uint32_t)(high >> 32), (uint32_t)high, (uint32_t)(low >> 32), (uint32_t)low};
	for (unsigned n = 0; n <= places || part[0] || part[1] || part[2] || part[3]; n++) {
		uint64_t rest = 0;
		for (int i = 0; i < 4; i++) {
			rest = rest << 32 | part[i];
			part[i] = (uint32_t)(rest / 10);
			rest %= 10;
		}
		if (n == places && places)
			*--to = '.';
		*--to = (char)('0' + rest);
	}
	if (negative)
		*--to = '-';
	buf_put(out, to, (size_t)(text + sizeof text - to));
}

bool
decimal_sum_get(const struct decimal_sum *s, struct buf *out)
{
	struct buf sum = {0}, part = {0}, next = {0};
	if (s->failed || (!s->used && !s->rest.n))
		return false;
	buf_put_slice(&sum, s->rest.n ? buf_slice(&s->rest) : SLICE("0"));
	for (unsigned i = 0; i < DECIMAL_SUM_PLACES; i++) {
		if (!(s->used >> i & 1))
			continue;
		buf_reset(&part);
		buf_reset(&next);
		put_wide(&part, s->places[i], i);
		if (sum.failed || part.failed)
			break;
		decimal_add(buf_slice(&sum), buf_slice(&part), &next);
		buf_reset(&sum);
		buf_put_slice(&sum, buf_slice(&next));
	}
	bool good = !sum.failed && !part.failed && !next.failed;
	if (good)
		buf_put_slice(out, buf_slice(&sum));
	buf_free(&sum);
	buf_free(&part);
	buf_free(&next);
	return good;
}

void
decimal_sum_free(struct decimal_sum *s)
{
	buf_free(&s->rest);
	*s = (struct decimal_sum){0};
}
