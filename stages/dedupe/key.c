/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/record/mp.h"
#include "common/text/decimal.h"
#include "common/text/float_text.h"
#include "stages/dedupe/key.h"

/* The digits of a finite number as a decimal; false if it would have too many. */
static bool
put_digits(struct buf *out, const struct value *v)
{
	char text[FLOAT_TEXT_MAX];
	if (v->type == VALUE_DECIMAL) {
		buf_put_slice(out, v->s);
		return true;
	}
	if (v->type == VALUE_FLOAT)
		return decimal_parse((struct slice){text, float_text(v->f, text)}, out);
	char *p = text;
	bool negative = !v->huge && v->i < 0;
	if (negative)
		*p++ = '-';
	p = uint_text(p, negative ? 0 - v->u : v->u);
	buf_put(out, text, (size_t)(p - text));
	return true;
}

/* Removes leading and trailing zeros that do not change the value. */
static struct slice
stripped(struct slice d, bool *negative)
{
	*negative = d.p[0] == '-';
	if (*negative) {
		d.p++;
		d.n--;
	}
	while (d.n > 1 && d.p[0] == '0' && d.p[1] != '.') {
		d.p++;
		d.n--;
	}
	if (memchr(d.p, '.', d.n)) {
		while (d.p[d.n - 1] == '0')
			d.n--;
		if (d.p[d.n - 1] == '.')
			d.n--;
	}
	return d;
}

/* An int where it is one in value, else ext 1 with the fewest digits. */
static void
put_decimal(struct buf *b, struct slice d)
{
	int64_t i;
	uint64_t u;
	bool huge, negative;
	if (decimal_to_integer(d, &i, &u, &huge)) {
		if (huge)
			mp_buf_uint(b, u);
		else
			mp_buf_int(b, i);
		return;
	}
	d = stripped(d, &negative);
	char *p = buf_reserve(b, d.n + MP_HEAD_MAX + 1);
	if (!p)
		return;
	char *q = mp_put_ext_head(p, EXT_DECIMAL, d.n + negative);
	if (negative)
		*q++ = '-';
	memcpy(q, d.p, d.n);
	b->n += (size_t)(q - p) + d.n;
}

static const char *
put_float(struct buf *b, const struct value *v)
{
	static char room[DECIMAL_DIGITS_MAX + 8];
	struct buf digits = {.p = room, .cap = sizeof room, .max = sizeof room};
	if (isnan(v->f)) {
		/* All NaN are equal, with any bits. */
		mp_buf_float(b, (double)NAN);
		return NULL;
	}
	if (isinf(v->f)) {
		mp_buf_float(b, v->f);
		return NULL;
	}
	if (!put_digits(&digits, v))
		return "is no number that can be written out";
	put_decimal(b, buf_slice(&digits));
	return NULL;
}

const char *
key_put(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return v->raw.p ? "is null, and a key must have a value"
				: "is not there, and a key must have a value";
	case VALUE_DECIMAL:
		put_decimal(b, v->s);
		return NULL;
	case VALUE_FLOAT:
		return put_float(b, v);
	case VALUE_JSON:
		return "is a map or an array, which can be no key";
	case VALUE_BAD:
		return "is of no type of mam-stream(5)";
	default:
		value_put(b, v);
		return NULL;
	}
}

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

static int
compare_numbers(const struct value *a, const struct value *b)
{
	static char rooms[2][DECIMAL_DIGITS_MAX + 8];
	if (a->type == VALUE_INT && b->type == VALUE_INT) {
		if (a->huge || b->huge)
			return a->huge && b->huge ? COMPARE(a->u, b->u) : COMPARE(a->huge, b->huge);
		return COMPARE(a->i, b->i);
	}
	if (a->type == VALUE_FLOAT && (b->type == VALUE_FLOAT || isinf(a->f)))
		return b->type == VALUE_FLOAT ? COMPARE(a->f, b->f) : COMPARE(a->f, 0);
	if (b->type == VALUE_FLOAT && isinf(b->f))
		return COMPARE(0, b->f);
	struct slice digits[2];
	for (int i = 0; i < 2; i++) {
		const struct value *v = i ? b : a;
		struct buf text = {.p = rooms[i], .cap = sizeof rooms[i], .max = sizeof rooms[i]};
		digits[i] = v->s;
		if (v->type != VALUE_DECIMAL) {
			put_digits(&text, v);
			digits[i] = buf_slice(&text);
		}
	}
	return decimal_compare(digits[0], digits[1]);
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
