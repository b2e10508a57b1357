/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/record/number.h"
#include "common/record/profile.h"
#include "common/text/decimal.h"
#include "common/text/float_text.h"
#include "common/text/hash.h"
#include "common/text/text_count.h"

/* A good hash of an integer: splitmix64. */
static uint64_t
mix(uint64_t z)
{
	z += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Values of different types differ, unless they are numbers. */
static uint64_t
tagged(uint64_t hash, enum value_type type)
{
	return mix(hash ^ (uint64_t)type << 56);
}

/* The digits without zeros that change nothing. */
static uint64_t
hash_digits(struct slice s)
{
	bool negative = s.p[0] == '-';
	s.p += negative;
	s.n -= negative;
	while (s.n > 1 && s.p[0] == '0' && s.p[1] != '.') {
		s.p++;
		s.n--;
	}
	if (memchr(s.p, '.', s.n)) {
		while (s.p[s.n - 1] == '0')
			s.n--;
		s.n -= s.p[s.n - 1] == '.';
	}
	uint64_t hash = hash64(s.p, s.n);
	return negative && !(s.n == 1 && s.p[0] == '0') ? ~hash : hash;
}

static void
look_scaled(struct profile_look *l, int64_t n, unsigned places)
{
	l->is_scaled = true;
	l->n = n;
	l->places = places;
	while (places && n % 10 == 0) {
		n /= 10;
		places--;
	}
	l->hash = mix((uint64_t)n + places * UINT64_C(0x9e3779b97f4a7c15));
}

/* A number of more than 18 digits that is an integer is hashed as that. */
static void
look_decimal(struct profile_look *l, struct slice s)
{
	int64_t n;
	uint64_t u;
	unsigned places;
	bool huge;
	if (decimal_scaled(s, &n, &places)) {
		look_scaled(l, n, places);
		return;
	}
	l->hash = hash_digits(s);
	if (decimal_to_integer(s, &n, &u, &huge))
		l->hash = huge ? tagged(u, VALUE_INT) : mix((uint64_t)n);
}

static void
look_float(struct profile_look *l, double f)
{
	struct value integer;
	uint64_t bits, digits;
	int exponent;
	if (number_float_integer(f, &integer)) {
		l->hash = integer.huge ? tagged(integer.u, VALUE_INT) : mix(integer.u);
		if (!integer.huge && integer.i < INT64_C(1000000000000000000) &&
		    integer.i > -INT64_C(1000000000000000000))
			look_scaled(l, integer.i, 0);
		return;
	}
	memcpy(&bits, &f, sizeof bits);
	l->hash = tagged(bits, VALUE_FLOAT);
	if (isnan(f) || isinf(f)) {
		l->hash = isnan(f) ? tagged(0, VALUE_FLOAT) : l->hash;
		return;
	}
	float_shortest(fabs(f), &digits, &exponent);
	if (exponent < 0 && exponent > -(int)DECIMAL_SUM_PLACES)
		look_scaled(l, f < 0 ? -(int64_t)digits : (int64_t)digits, (unsigned)-exponent);
}

static void
look_at(struct profile_look *l)
{
	const struct value *v = &l->v;
	l->is_scaled = false;
	l->n = 0;
	l->places = 0;
	switch (v->type) {
	case VALUE_INT:
		l->hash = v->huge ? tagged(v->u, VALUE_INT) : mix(v->u);
		l->is_scaled = !v->huge;
		l->n = v->i;
		return;
	case VALUE_DECIMAL:
		look_decimal(l, v->s);
		return;
	case VALUE_FLOAT:
		look_float(l, v->f);
		return;
	case VALUE_BOOL:
		l->hash = tagged(v->b, v->type);
		return;
	case VALUE_TIMESTAMP:
		l->hash = tagged(mix((uint64_t)v->at.seconds) + v->at.nanoseconds, v->type);
		return;
	case VALUE_DATE:
	case VALUE_DATETIME:
		l->hash = tagged((uint64_t)v->i, v->type);
		return;
	default:
		l->hash = tagged(hash64(v->s.p, v->s.n), v->type);
		return;
	}
}

/* Copies. */

static void
keep(struct profile *p, struct profile_value *to, const struct profile_look *l)
{
	const struct value *v = &l->v;
	to->v = *v;
	to->v.raw = (struct slice){0};
	to->is_scaled = l->is_scaled;
	to->n = l->n;
	to->places = l->places;
	to->cut = false;
	if (v->type != VALUE_TEXT && v->type != VALUE_DECIMAL && v->type != VALUE_BYTES &&
	    v->type != VALUE_JSON)
		return;
	size_t n = v->s.n;
	/* A json that was cut is not valid any more: a long one is not shown at all. */
	to->cut = n > PROFILE_KEPT_MAX && v->type != VALUE_DECIMAL;
	if (to->cut)
		n = v->type == VALUE_JSON ? 0 : PROFILE_KEPT_MAX;
	while (to->cut && n && v->type == VALUE_TEXT && ((unsigned char)v->s.p[n] & 0xc0) == 0x80)
		n--;
	buf_reset(&to->bytes);
	buf_put(&to->bytes, v->s.p, n);
	p->failed |= to->bytes.failed;
	to->v.s = buf_slice(&to->bytes);
}

/* Order. */

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

static void
put_digits(struct buf *b, const struct value *v)
{
	if (v->type == VALUE_DECIMAL)
		buf_put_slice(b, v->s);
	else if (v->type == VALUE_INT)
		number_put_integer(b, v);
	else
		number_put_float(b, v->f);
}

static int
compare_digits(const struct value *a, const struct value *b)
{
	struct buf x = {0}, y = {0};
	put_digits(&x, a);
	put_digits(&y, b);
	int order = x.failed || y.failed ? 0 : decimal_compare(buf_slice(&x), buf_slice(&y));
	buf_free(&x);
	buf_free(&y);
	return order;
}

static int
compare_numbers(const struct profile_look *l, const struct profile_value *to)
{
	int64_t n;
	if (l->is_scaled && to->is_scaled) {
		if (l->places == to->places)
			return COMPARE(l->n, to->n);
		static const int64_t tens[DECIMAL_SUM_PLACES] = {1, 10, 100, 1000, 10000, 100000,
		    1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
		    1000000000000, 10000000000000, 100000000000000, 1000000000000000,
		    10000000000000000, 100000000000000000, 1000000000000000000};
		if (l->places < to->places &&
		    !__builtin_mul_overflow(l->n, tens[to->places - l->places], &n))
			return COMPARE(n, to->n);
		if (l->places > to->places &&
		    !__builtin_mul_overflow(to->n, tens[l->places - to->places], &n))
			return COMPARE(l->n, n);
	}
	return compare_digits(&l->v, &to->v);
}

static int
compare(enum profile_family family, const struct profile_look *l, const struct profile_value *to)
{
	const struct value *v = &l->v;
	switch (family) {
	case PROFILE_NUMBER:
		return compare_numbers(l, to);
	case PROFILE_TEXT:
		return slice_compare(v->s, to->v.s);
	case PROFILE_BOOL:
		return COMPARE(v->b, to->v.b);
	case PROFILE_TIMESTAMP:
		return v->at.seconds != to->v.at.seconds
			   ? COMPARE(v->at.seconds, to->v.at.seconds)
			   : COMPARE(v->at.nanoseconds, to->v.at.nanoseconds);
	default:
		return COMPARE(v->i, to->v.i);
	}
}

static void
add_range(struct profile *p, enum profile_family family, const struct profile_look *l)
{
	struct profile_range *range = p->ranges[family];
	if (!range) {
		range = p->ranges[family] = calloc(1, sizeof *range);
		if (!range) {
			p->failed = true;
			return;
		}
		keep(p, &range->least, l);
		keep(p, &range->greatest, l);
		return;
	}
	if (compare(family, l, &range->least) < 0)
		keep(p, &range->least, l);
	else if (compare(family, l, &range->greatest) > 0)
		keep(p, &range->greatest, l);
}

static void
add_number(struct profile *p, const struct profile_look *l)
{
	const struct value *v = &l->v;
	if (v->type == VALUE_FLOAT && (isnan(v->f) || isinf(v->f))) {
		p->not_finite++;
		return;
	}
	if (l->is_scaled) {
		decimal_sum_add_scaled(&p->sum, l->n, l->places);
	} else {
		struct buf digits = {0};
		put_digits(&digits, v);
		if (!digits.failed)
			decimal_sum_add(&p->sum, buf_slice(&digits));
		p->failed |= digits.failed;
		buf_free(&digits);
	}
	add_range(p, PROFILE_NUMBER, l);
}

static void
add_text(struct profile *p, const struct profile_look *l)
{
	struct slice s = l->v.s;
	p->empty += !s.n;
	if (s.n > p->longest_bytes)
		p->longest_bytes = s.n;
	if (s.n > p->longest_characters) {
		uint64_t n = text_characters(s.p, s.p + s.n);
		if (n > p->longest_characters)
			p->longest_characters = n;
	}
	add_range(p, PROFILE_TEXT, l);
}

static void
add_example(struct profile *p, const struct profile_look *l)
{
	for (size_t i = 0; i < p->n_examples; i++)
		if (p->example_hashes[i] == l->hash)
			return;
	keep(p, &p->examples[p->n_examples], l);
	p->example_hashes[p->n_examples++] = l->hash;
}

void
profile_look(const struct profile *p, struct profile_look *l)
{
	if (l->v.type == VALUE_NULL)
		return;
	look_at(l);
	distinct_expect(&p->distinct, l->hash);
}

void
profile_add(struct profile *p, const struct profile_look *l, struct distinct_budget *budget)
{
	const struct value *v = &l->v;
	p->counts[v->type]++;
	if (v->type == VALUE_NULL)
		return;
	if (l->hash != p->last_hash) {
		p->last_hash = l->hash;
		distinct_add(&p->distinct, l->hash, budget);
		if (p->n_examples < PROFILE_EXAMPLES)
			add_example(p, l);
	}
	switch (v->type) {
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		add_number(p, l);
		return;
	case VALUE_TEXT:
		add_text(p, l);
		return;
	case VALUE_BOOL:
		add_range(p, PROFILE_BOOL, l);
		return;
	case VALUE_DATE:
		add_range(p, PROFILE_DATE, l);
		return;
	case VALUE_DATETIME:
		add_range(p, PROFILE_DATETIME, l);
		return;
	case VALUE_TIMESTAMP:
		add_range(p, PROFILE_TIMESTAMP, l);
		return;
	case VALUE_BYTES:
		if (v->s.n > p->longest_bytes)
			p->longest_bytes = v->s.n;
		return;
	default:
		return;
	}
}

void
profile_free(struct profile *p)
{
	distinct_free(&p->distinct);
	decimal_sum_free(&p->sum);
	for (size_t i = 0; i < PROFILE_FAMILIES; i++) {
		if (!p->ranges[i])
			continue;
		buf_free(&p->ranges[i]->least.bytes);
		buf_free(&p->ranges[i]->greatest.bytes);
		free(p->ranges[i]);
	}
	for (size_t i = 0; i < p->n_examples; i++)
		buf_free(&p->examples[i].bytes);
	*p = (struct profile){0};
}
