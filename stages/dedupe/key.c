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
