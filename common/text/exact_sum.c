/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/text/exact_sum.h"

enum {
	DIGITS = 9, /* of a limb */
	BASE = 1000000000,
	/* Three more for what 2^64 additions carry. */
	LIMBS_MAX = EXACT_SUM_DIGITS / DIGITS + 3,
};

/* Makes limbs from low to high (not included) be there. */
static bool
cover(struct exact_sum *s, long low, long high)
{
	if (s->n && low >= s->low && high <= s->low + (long)s->n)
		return true;
	if (low < -LIMBS_MAX || high > LIMBS_MAX)
		return false;
	if (s->n && s->low < low)
		low = s->low;
	if (s->n && s->low + (long)s->n > high)
		high = s->low + (long)s->n;
	size_t n = (size_t)(high - low);
	if (n > s->cap) {
		int64_t *limbs = realloc(s->limbs, (n + 4) * sizeof *limbs);
		if (!limbs)
			return false;
		s->limbs = limbs;
		s->cap = n + 4;
	}
	size_t before = s->n ? (size_t)(s->low - low) : 0;
	if (s->n)
		memmove(s->limbs + before, s->limbs, s->n * sizeof *s->limbs);
	memset(s->limbs, 0, before * sizeof *s->limbs);
	memset(s->limbs + before + s->n, 0, (n - before - s->n) * sizeof *s->limbs);
	s->n = n;
	s->low = low;
	return true;
}

/*
 * Makes each limb but the last one a number from 0 to BASE - 1. The last one keeps the
 * sign; a limb is added above it while it is too large. False if memory is short.
 */
static bool
carry(struct exact_sum *s)
{
	int64_t over = 0;
	if (!s->n)
		return true;
	for (size_t i = 0; i < s->n; i++) {
		int64_t limb = s->limbs[i] + over;
		over = limb / BASE;
		limb %= BASE;
		if (limb < 0) {
			limb += BASE;
			over--;
		}
		s->limbs[i] = limb;
	}
	s->added = 0;
	while (over) {
		if (!cover(s, s->low, s->low + (long)s->n + 1))
			return false;
		if (over > -BASE && over < BASE) {
			s->limbs[s->n - 1] = over;
			break;
		}
		s->limbs[s->n - 1] = over % BASE;
		over /= BASE;
	}
	return true;
}

/* Each limb has room for 2^32 numbers below BASE. */
static bool
count_added(struct exact_sum *s)
{
	return ++s->added < UINT32_MAX || carry(s);
}

bool
exact_sum_add_integer(struct exact_sum *s, uint64_t absolute, bool negative)
{
	if (!cover(s, 0, 3) || !count_added(s))
		return false;
	for (long i = 0; absolute; i++, absolute /= BASE) {
		int64_t part = (int64_t)(absolute % BASE);
		s->limbs[i - s->low] += negative ? -part : part;
	}
	return true;
}

static int64_t
number_of(const char *p, size_t n)
{
	int64_t number = 0;
	for (size_t i = 0; i < n; i++)
		number = number * 10 + (p[i] - '0');
	return number;
}

bool
exact_sum_add(struct exact_sum *s, struct slice d)
{
	bool negative = slice_take(&d, '-');
	const char *point = memchr(d.p, '.', d.n);
	size_t whole = point ? (size_t)(point - d.p) : d.n, part = point ? d.n - whole - 1 : 0;
	if (whole > EXACT_SUM_DIGITS || part > EXACT_SUM_DIGITS)
		return false;
	if (!cover(
		s, -(long)((part + DIGITS - 1) / DIGITS), (long)((whole + DIGITS - 1) / DIGITS)) ||
	    !count_added(s))
		return false;
	int64_t sign = negative ? -1 : 1, *one = s->limbs - s->low;
	for (long i = 0; whole; i++) {
		size_t n = whole < DIGITS ? whole : DIGITS;
		whole -= n;
		one[i] += sign * number_of(d.p + whole, n);
	}
	if (s->scale < part)
		s->scale = part;
	for (long i = -1; part; i--, point += DIGITS) {
		size_t n = part < DIGITS ? part : DIGITS;
		int64_t number = number_of(point + 1, n);
		for (size_t k = n; k < DIGITS; k++)
			number *= 10;
		one[i] += sign * number;
		part -= n;
	}
	return true;
}

bool
exact_sum_add_sum(struct exact_sum *s, const struct exact_sum *other, bool negative)
{
	/* A limb of the other may be as large as that of 2^32 numbers. */
	if (!carry(s) || !cover(s, other->low, other->low + (long)other->n))
		return false;
	for (size_t i = 0; i < other->n; i++)
		s->limbs[(long)i + other->low - s->low] +=
		    negative ? -other->limbs[i] : other->limbs[i];
	if (s->scale < other->scale)
		s->scale = other->scale;
	return carry(s);
}

int
exact_sum_sign(struct exact_sum *s)
{
	carry(s);
	for (size_t i = s->n; i-- > 0;)
		if (s->limbs[i])
			return s->limbs[i] < 0 ? -1 : 1;
	return 0;
}

/* The digits of a limb, with zeros before them. */
static void
put_limb(struct buf *b, int64_t limb)
{
	char text[DIGITS];
	for (int i = DIGITS; i-- > 0; limb /= 10)
		text[i] = (char)('0' + limb % 10);
	buf_put(b, text, DIGITS);
}

void
exact_sum_put(struct exact_sum *s, struct buf *b)
{
	bool negative = exact_sum_sign(s) < 0;
	size_t from, digits = s->scale;
	if (negative) {
		for (size_t i = 0; i < s->n; i++)
			s->limbs[i] = -s->limbs[i];
		carry(s);
		buf_put_byte(b, '-');
	}
	from = b->n;
	for (size_t i = s->n; i-- > 0 && (long)i + s->low >= 0;)
		put_limb(b, s->limbs[i]);
	/* No zeros before the first digit. */
	size_t zeros = 0;
	while (!b->failed && from + zeros < b->n && b->p[from + zeros] == '0')
		zeros++;
	if (!b->failed && zeros) {
		memmove(b->p + from, b->p + from + zeros, b->n - from - zeros);
		b->n -= zeros;
	}
	if (b->n == from)
		buf_put_byte(b, '0');
	if (digits)
		buf_put_byte(b, '.');
	size_t end = b->n + digits;
	for (long i = -1 - s->low; i >= 0 && b->n < end; i--)
		put_limb(b, s->limbs[i]);
	while (b->n < end && !b->failed)
		buf_put_byte(b, '0');
	if (!b->failed)
		b->n = end;
	if (negative) {
		for (size_t i = 0; i < s->n; i++)
			s->limbs[i] = -s->limbs[i];
		carry(s);
	}
}

void
exact_sum_reset(struct exact_sum *s)
{
	if (s->n)
		memset(s->limbs, 0, s->n * sizeof *s->limbs);
	s->scale = 0;
	s->added = 0;
}

void
exact_sum_free(struct exact_sum *s)
{
	free(s->limbs);
	*s = (struct exact_sum){0};
}
