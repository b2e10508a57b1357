/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/record/number.h"
#include "common/text/float_text.h"

enum {
	DOUBLE_DIGITS = 1080, /* fraction digits of any double, all of them */
	EXACT_MAX = 300,      /* digits of a decimal that may still be a double */
};

struct decimal_shape
decimal_shape(struct slice s)
{
	const char *end = s.p + s.n;
	const char *p = s.p + (s.n > 0 && *s.p == '-');
	const char *point = memchr(p, '.', (size_t)(end - p));

	if (!point)
		point = end;
	while (p < end && (*p == '0' || *p == '.'))
		p++;
	if (p == end)
		return (struct decimal_shape){.zero = true};
	const char *last = end - 1;
	while (*last == '0' || *last == '.')
		last--;
	return (struct decimal_shape){
	    .weight = p < point ? point - p : point - p + 1,
	    .least = last < point ? last - point + 1 : last - point,
	};
}

void
number_put_integer(struct buf *b, const struct value *v)
{
	bool negative = !v->huge && v->i < 0;
	char *p = buf_reserve(b, 21), *to = p;
	if (!p)
		return;
	if (negative)
		*to++ = '-';
	b->n += (size_t)(uint_text(to, negative ? 0 - v->u : v->u) - p);
}

void
number_put_float(struct buf *b, double f)
{
	char digits[FLOAT_DIGITS_MAX + 4];
	uint64_t all;
	int exponent;

	if (f < 0 || (f == 0 && 1 / f < 0))
		buf_put_byte(b, '-');
	if (f == 0) {
		buf_put_byte(b, '0');
		return;
	}
	float_shortest(f < 0 ? -f : f, &all, &exponent);
	size_t n = (size_t)(uint_text(digits, all) - digits);
	long point = (long)n + exponent; /* digits before it; negative: zeros after it */
	long whole = point < 0 ? 0 : point > (long)n ? (long)n : point;
	if (!whole)
		buf_put_byte(b, '0');
	buf_put(b, digits, (size_t)whole);
	for (; exponent > 0; exponent--)
		buf_put_byte(b, '0');
	if (whole == (long)n)
		return;
	buf_put_byte(b, '.');
	for (; point < 0; point++)
		buf_put_byte(b, '0');
	buf_put(b, digits + whole, n - (size_t)whole);
}

bool
number_is_finite(double f)
{
	return f - f == 0;
}

bool
number_decimal_float(struct slice s, double *f)
{
	char text[EXACT_MAX + 1], all[EXACT_MAX + DOUBLE_DIGITS + 32];
	struct decimal_shape want = decimal_shape(s);

	if (s.n > EXACT_MAX)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*f = strtod(text, NULL);
	if (want.zero)
		return true;
	int n = snprintf(all, sizeof all, "%.*f", DOUBLE_DIGITS, *f);
	struct slice exact = {all, n > 0 && (size_t)n < sizeof all ? (size_t)n : 0};
	struct decimal_shape have = decimal_shape(exact);
	if (have.zero || have.weight != want.weight || have.least != want.least)
		return false;
	/* From the first to the last digit that counts both texts are the same bytes, point included. */
	size_t a = strcspn(text, "123456789"), b = strcspn(all, "123456789");
	size_t span = (size_t)(want.weight + (want.least > 0 ? want.least : 0));
	if (want.weight > 0 && want.least > 0)
		span++;
	if (want.weight > 0 && want.least <= 0)
		span = (size_t)(want.weight + want.least);
	return memcmp(text + a, all + b, span) == 0;
}

bool
number_float_integer(double f, struct value *out)
{
	out->type = VALUE_INT;
	out->huge = false;
	if (f >= -9223372036854775808.0 && f < 9223372036854775808.0) {
		out->i = (int64_t)f;
		return (double)out->i == f;
	}
	if (!(f >= 9223372036854775808.0 && f < 18446744073709551616.0))
		return false;
	out->huge = true;
	out->u = (uint64_t)f;
	return true;
}

/* A mantissa must hold the bits from the first to the last one that is set. */
bool
number_int_is_float(const struct value *v, bool single)
{
	uint64_t u = v->huge ? v->u : v->i < 0 ? (uint64_t)0 - (uint64_t)v->i : (uint64_t)v->i;

	while (u > 0 && u % 2 == 0)
		u /= 2;
	return u < (uint64_t)1 << (single ? 24 : 53);
}

bool
number_float_is_single(double f)
{
	if (f != f || !number_is_finite(f))
		return true;
	/* Out of a float's range the conversion is undefined. */
	if (f > FLT_MAX || f < -FLT_MAX)
		return false;
	return (double)(float)f == f;
}
