/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_binary.h"

enum {
	WORD = 4,          /* a field's length word */
	SCALAR_MAX = 8,    /* any field of fixed size */
	NUMERIC_HEAD = 8,  /* digits, weight, sign, scale; 16 bits each */
	GROUP = 4,         /* decimal digits in a numeric's base 10,000 digit */
	EPOCH_DAYS = 10957 /* from 1970-01-01 to 2000-01-01 */
};
static const int64_t epoch_microseconds = 946684800000000;
static const uint16_t numeric_negative = 0x4000;

static char *
put_16(char *p, uint16_t v)
{
	p[0] = (char)(v >> 8);
	p[1] = (char)v;
	return p + 2;
}

/* Byte by byte and no loop: compilers make one store of it. */
static char *
put_32(char *p, uint32_t v)
{
	p[0] = (char)(v >> 24);
	p[1] = (char)(v >> 16);
	p[2] = (char)(v >> 8);
	p[3] = (char)v;
	return p + 4;
}

static char *
put_64(char *p, uint64_t v)
{
	p[0] = (char)(v >> 56);
	p[1] = (char)(v >> 48);
	p[2] = (char)(v >> 40);
	p[3] = (char)(v >> 32);
	p[4] = (char)(v >> 24);
	p[5] = (char)(v >> 16);
	p[6] = (char)(v >> 8);
	p[7] = (char)v;
	return p + 8;
}

/* Four decimal digits: a base 10,000 digit. */
static uint16_t
group(const char *s)
{
	return (
	    uint16_t)((s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0'));
}

/* The last digits of a fraction, fewer than four, filled up with zeros. */
static uint16_t
short_group(const char *s, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < GROUP; i++)
		v = v * 10 + (i < n ? (unsigned)(s[i] - '0') : 0);
	return (uint16_t)v;
}

/* The digits before the point, without leading zeros; the foremost group may be short. */
static char *
put_integer(char *q, const char *d, const char *point)
{
	unsigned v = 0;

	for (; (point - d) % GROUP != 0; d++)
		v = v * 10 + (unsigned)(*d - '0');
	if (v > 0)
		q = put_16(q, (uint16_t)v);
	for (; d < point; d += GROUP)
		q = put_16(q, group(d));
	return q;
}

/* The digits after the point. Leading zero groups are subtracted from *weight. */
static char *
put_fraction(char *q, const char *d, const char *end, bool first, int *weight)
{
	for (; end - d >= GROUP; d += GROUP) {
		uint16_t v = group(d);
		if (v == 0 && first)
			--*weight;
		else
			q = put_16(q, v);
		first &= v == 0;
	}
	if (d < end)
		q = put_16(q, short_group(d, (size_t)(end - d)));
	return q;
}

/*
 * A numeric from its decimal digits. Groups of four count from the point in both
 * directions; zero groups at both ends are not written, the scale keeps the zeros.
 */
static char *
put_numeric(char *p, struct slice s)
{
	const char *d = s.p, *end = s.p + s.n;
	bool negative = d < end && *d == '-';

	d += negative;
	while (d < end && *d == '0')
		d++;
	/*
	 * At most the digits and one point: no search is faster on such a short
	 * text.
	 */
	const char *point = d;
	while (point < end && *point != '.')
		point++;
	const char *fraction = point < end ? point + 1 : end;
	int weight = (int)((point - d + GROUP - 1) / GROUP) - 1;
	char *first = p + NUMERIC_HEAD, *last = put_integer(first, d, point);
	last = put_fraction(last, fraction, end, last == first, &weight);
	while (last > first && last[-1] == 0 && last[-2] == 0)
		last -= 2;
	bool zero = last == first;
	p = put_16(p, (uint16_t)((last - first) / 2));
	p = put_16(p, zero ? 0 : (uint16_t)weight);
	p = put_16(p, negative && !zero ? numeric_negative : 0);
	put_16(p, (uint16_t)(end - fraction));
	return last;
}

static char *
put_float4(char *p, double f)
{
	float single = (float)f;
	uint32_t bits;

	memcpy(&bits, &single, sizeof bits);
	return put_32(p, bits);
}

static char *
put_float8(char *p, double f)
{
	uint64_t bits;

	memcpy(&bits, &f, sizeof bits);
	return put_64(p, bits);
}

static char *
put_raw(char *p, struct slice s)
{
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

/* Microseconds since 1970 of a value with a time; of a TIME, since midnight. */
static int64_t
microseconds(const struct value *v)
{
	return v->type == VALUE_TIMESTAMP ? v->at.seconds * 1000000 + v->at.nanoseconds / 1000
					  : v->i;
}

static bool
has_bytes(const struct value *v)
{
	return v->type == VALUE_TEXT || v->type == VALUE_BYTES || v->type == VALUE_DECIMAL;
}

size_t
pg_field_room(const struct value *v)
{
	/* A numeric has two bytes for one digit in the worst case, "1". */
	return WORD + SCALAR_MAX + NUMERIC_HEAD + (has_bytes(v) ? v->s.n : 0);
}

char *
pg_put_field(char *p, enum pg_form form, const struct value *v)
{
	char *word = p;

	p += WORD;
	if (v->type == VALUE_NULL)
		return put_32(word, UINT32_MAX);
	switch (form) {
	case PG_BOOL:
		*p++ = v->b;
		break;
	case PG_INT2:
		p = put_16(p, (uint16_t)v->i);
		break;
	case PG_INT4:
		p = put_32(p, (uint32_t)v->i);
		break;
	case PG_INT8:
		p = put_64(p, (uint64_t)v->i);
		break;
	case PG_FLOAT4:
		p = put_float4(p, v->f);
		break;
	case PG_FLOAT8:
		p = put_float8(p, v->f);
		break;
	case PG_NUMERIC:
		p = put_numeric(p, v->s);
		break;
	case PG_RAW:
		p = put_raw(p, v->s);
		break;
	case PG_JSONB:
		*p++ = 1; /* the version of the form */
		p = put_raw(p, v->s);
		break;
	case PG_DATE:
		p = put_32(p, (uint32_t)(v->i - EPOCH_DAYS));
		break;
	case PG_TIME:
		p = put_64(p, (uint64_t)v->i);
		break;
	case PG_TIMESTAMP:
		p = put_64(p, (uint64_t)(microseconds(v) - epoch_microseconds));
		break;
	}
	put_32(word, (uint32_t)(p - word - WORD));
	return p;
}

size_t
pg_row_room(const struct value *values, size_t n)
{
	size_t room = 2;

	for (size_t i = 0; i < n; i++)
		room += pg_field_room(&values[i]);
	return room;
}

char *
pg_put_row(char *p, const enum pg_form *forms, const struct value *values, size_t n)
{
	p = put_16(p, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		p = pg_put_field(p, forms[i], &values[i]);
	return p;
}

struct slice
pg_copy_head(void)
{
	/* The signature, then flags and the length of an extension: none. */
	return SLICE("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0");
}

struct slice
pg_copy_tail(void)
{
	return SLICE("\377\377");
}
