/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/record/number.h"
#include "common/record/order.h"
#include "common/text/decimal.h"

enum family
order_family(const struct value *v, const char **why)
{
	switch (v->type) {
	case VALUE_INT:
	case VALUE_DECIMAL:
		return FAMILY_NUMBER;
	case VALUE_FLOAT:
		*why = "is not a number, which has no order";
		return isnan(v->f) ? FAMILY_NONE : FAMILY_NUMBER;
	case VALUE_BOOL:
		return FAMILY_BOOL;
	case VALUE_TEXT:
		return FAMILY_TEXT;
	case VALUE_BYTES:
		return FAMILY_BYTES;
	case VALUE_DATE:
		return FAMILY_DATE;
	case VALUE_DATETIME:
		return FAMILY_DATETIME;
	case VALUE_TIMESTAMP:
		return FAMILY_TIMESTAMP;
	case VALUE_NULL:
		*why = v->raw.p ? "is null, which has no order" : "is not there";
		return FAMILY_NONE;
	default:
		*why = "is a map or an array, which has no order";
		return FAMILY_NONE;
	}
}

const char *
family_name(enum family family)
{
	static const char *const names[] = {"nothing", "a number", "a bool", "a text", "bytes",
	    "a date", "a datetime", "a timestamp"};
	return names[family];
}

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

/* The digits of a number that is finite; room holds them unless it is a decimal. */
static struct slice
digits_of(const struct value *v, struct buf *room)
{
	if (v->type == VALUE_DECIMAL)
		return v->s;
	if (v->type == VALUE_FLOAT)
		number_put_float(room, v->f);
	else
		number_put_integer(room, v);
	return buf_slice(room);
}

/* A buffer of digits of an int or a float. */
enum { DIGITS_ROOM = 1200 };
#define DIGITS(room) ((struct buf){.p = (room), .cap = sizeof(room), .max = sizeof(room)})

static int
compare_numbers(const struct value *a, const struct value *b)
{
	char rooms[2][DIGITS_ROOM];
	if (a->type == VALUE_INT && b->type == VALUE_INT) {
		if (a->huge || b->huge)
			return a->huge && b->huge ? COMPARE(a->u, b->u) : COMPARE(a->huge, b->huge);
		return COMPARE(a->i, b->i);
	}
	if (a->type == VALUE_FLOAT && (b->type == VALUE_FLOAT || isinf(a->f)))
		return b->type == VALUE_FLOAT ? COMPARE(a->f, b->f) : COMPARE(a->f, 0);
	if (b->type == VALUE_FLOAT && isinf(b->f))
		return COMPARE(0, b->f);
	struct buf text[2] = {DIGITS(rooms[0]), DIGITS(rooms[1])};
	return decimal_compare(digits_of(a, &text[0]), digits_of(b, &text[1]));
}

int
order_compare(const struct value *a, const struct value *b)
{
	switch (a->type) {
	case VALUE_BOOL:
		return COMPARE(a->b, b->b);
	case VALUE_TEXT:
	case VALUE_BYTES:
		return slice_compare(a->s, b->s);
	case VALUE_DATE:
	case VALUE_DATETIME:
		return COMPARE(a->i, b->i);
	case VALUE_TIMESTAMP:
		if (a->at.seconds != b->at.seconds)
			return COMPARE(a->at.seconds, b->at.seconds);
		return COMPARE(a->at.nanoseconds, b->at.nanoseconds);
	default:
		return compare_numbers(a, b);
	}
}

/*
 * A number as bytes: one that says how many bytes its integer part takes, the integer
 * part, then pairs of digits of the fraction, each doubled, plus 1 unless it is the last;
 * a single 0 if there is no fraction. A negative number is the complement of its opposite.
 */
enum {
	LEAD_ZERO = 0x80, /* plus the bytes of an integer part below 2^64, 0 to 8 */
	LEAD_LONG = 0x89, /* a longer one: 4 bytes that count its digits, and pairs of digits */
	LEAD_INFINITE = 0x8a,
	LEAD_NAN = 0x8b,
	LEAD_MAX = 1 + 8 + 1, /* bytes of a number without fraction, unless it is LEAD_LONG */
};

static char *
put_big_endian(char *p, uint64_t u, unsigned bytes)
{
	while (bytes--)
		*p++ = (char)(u >> bytes * 8);
	return p;
}

static char *
put_whole(char *p, uint64_t u)
{
	unsigned bytes = u ? (unsigned)(64 - __builtin_clzll(u) + 7) / 8 : 0;
	*p = (char)(LEAD_ZERO + bytes);
	return put_big_endian(p + 1, u, bytes);
}

static void
complement(char *from, const char *to)
{
	for (; from < to; from++)
		*from = (char)~*from;
}

/* Pairs of digits, an odd last one with 0 after it. */
static char *
put_pairs(char *p, struct slice digits, bool marked)
{
	for (size_t i = 0; i < digits.n; i += 2) {
		int pair = (digits.p[i] - '0') * 10;
		if (i + 1 < digits.n)
			pair += digits.p[i + 1] - '0';
		*p++ = (char)(marked ? pair * 2 + (i + 2 < digits.n) : pair);
	}
	return p;
}

/* True if the digits, which do not begin with 0, are below 2^64. */
static bool
fits(struct slice digits, uint64_t *u)
{
	static const char most[] = "18446744073709551615";
	if (digits.n > 20 || (digits.n == 20 && memcmp(digits.p, most, 20) > 0))
		return false;
	*u = 0;
	for (size_t i = 0; i < digits.n; i++)
		*u = *u * 10 + (uint64_t)(digits.p[i] - '0');
	return true;
}

static void
put_digits(struct buf *b, struct slice d)
{
	bool negative = slice_take(&d, '-');
	const char *point = memchr(d.p, '.', d.n);
	struct slice whole = {d.p, point ? (size_t)(point - d.p) : d.n};
	struct slice part = {point ? point + 1 : d.p, point ? d.n - whole.n - 1 : 0};
	while (slice_take(&whole, '0'))
		;
	while (part.n && part.p[part.n - 1] == '0')
		part.n--;
	char *p = buf_reserve(b, LEAD_MAX + whole.n + part.n), *to = p;
	uint64_t u;
	if (!p)
		return;
	if (fits(whole, &u)) {
		to = put_whole(to, u);
	} else {
		*to++ = (char)LEAD_LONG;
		to = put_big_endian(to, whole.n, 4);
		/* An odd number of digits: 0 comes before the first. */
		if (whole.n % 2)
			*to++ = (char)(whole.p[0] - '0');
		to = put_pairs(
		    to, (struct slice){whole.p + whole.n % 2, whole.n - whole.n % 2}, false);
	}
	if (part.n)
		to = put_pairs(to, part, true);
	else
		*to++ = 0;
	if (negative && (whole.n || part.n))
		complement(p, to);
	b->n += (size_t)(to - p);
}

static void
put_int(struct buf *b, const struct value *v)
{
	char *p = buf_reserve(b, LEAD_MAX), *to;
	bool negative = !v->huge && v->i < 0;
	if (!p)
		return;
	to = put_whole(p, negative ? 0 - v->u : v->u);
	*to++ = 0;
	if (negative)
		complement(p, to);
	b->n += (size_t)(to - p);
}

static void
put_float(struct buf *b, double f)
{
	char room[DIGITS_ROOM];
	struct buf text = DIGITS(room);
	if (f - f == 0) {
		number_put_float(&text, f);
		put_digits(b, buf_slice(&text));
		return;
	}
	buf_put_byte(b, (char)(isnan(f) ? LEAD_NAN : f > 0 ? LEAD_INFINITE : ~LEAD_INFINITE));
}

/* The bytes with 0 after them; 0 and 1 among them are written as 1 and that number plus 1. */
static void
put_bytes(struct buf *b, struct slice s)
{
	size_t n = 0;
	while (n < s.n) {
		size_t from = n;
		while (n < s.n && (unsigned char)s.p[n] > 1)
			n++;
		buf_put(b, s.p + from, n - from);
		if (n < s.n) {
			buf_put_byte(b, 1);
			buf_put_byte(b, (char)(s.p[n++] + 1));
		}
	}
	buf_put_byte(b, 0);
}

static void
put_signed(struct buf *b, int64_t i, unsigned bytes)
{
	char *p = buf_reserve(b, bytes);
	if (!p)
		return;
	put_big_endian(p, (uint64_t)i ^ (uint64_t)1 << (bytes * 8 - 1), bytes);
	b->n += bytes;
}

static void
put_value(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_BOOL:
		buf_put_byte(b, (char)v->b);
		break;
	case VALUE_INT:
		put_int(b, v);
		break;
	case VALUE_DECIMAL:
		put_digits(b, v->s);
		break;
	case VALUE_FLOAT:
		put_float(b, v->f);
		break;
	case VALUE_DATE:
		put_signed(b, v->i, 4);
		break;
	case VALUE_DATETIME:
		put_signed(b, v->i, 8);
		break;
	case VALUE_TIMESTAMP:
		put_signed(b, v->at.seconds, 8);
		put_signed(b, (int64_t)v->at.nanoseconds, 4);
		break;
	default:
		put_bytes(b, v->s);
	}
}

void
order_put(struct buf *b, const struct value *v, unsigned flags)
{
	if (v->type == VALUE_NULL) {
		buf_put_byte(b, flags & ORDER_NULLS_FIRST ? 0 : 2);
		return;
	}
	buf_put_byte(b, 1);
	size_t from = b->n;
	put_value(b, v);
	if (flags & ORDER_DESCENDING && !b->failed)
		complement(b->p + from, b->p + b->n);
}
