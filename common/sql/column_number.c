/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "common/record/number.h"
#include "common/sql/column_impl.h"
#include "common/text/ascii.h"
#include "common/text/decimal.h"

/* The point, or the end; most decimals are too short for a call of memchr to pay. */
static const char *
find_point(struct slice s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end && *p != '.')
		p++;
	return p;
}

/* Digits before and after the point, and the sign. */
static bool
check_digits(const struct column *c, struct slice s, struct reject_reason *why)
{
	struct decimal_shape shape = decimal_shape(s);

	if (shape.zero)
		return true;
	if (c->positive && s.p[0] == '-')
		return column_out_of_range(c, why);
	if (shape.weight > c->precision - c->scale)
		return column_refuse(why, "precision",
		    "has too many digits before the point for %.*s", (int)c->type.n, c->type.p);
	if (shape.least > c->scale)
		return column_refuse(why, "scale", "has more than the %d fraction digits of %.*s",
		    c->scale > 0 ? c->scale : 0, (int)c->type.n, c->type.p);
	return true;
}

bool
column_fit_decimal(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	struct slice s = in->s;

	if (in->type == VALUE_INT || in->type == VALUE_FLOAT) {
		if (in->type == VALUE_FLOAT && !number_is_finite(in->f))
			return column_refuse(why, "range", "is not a number that %.*s can hold",
			    (int)c->type.n, c->type.p);
		if (in->type == VALUE_INT)
			number_put_integer(scratch, in);
		else
			number_put_float(scratch, in->f);
		s = buf_slice(scratch);
	} else if (in->type != VALUE_DECIMAL)
		return column_wrong_type(c, in, why);
	const char *point = find_point(s), *end = s.p + s.n;
	/*
	 * If neither side has more digits than the column, it fits; leading and
	 * trailing zeros do not matter.
	 */
	if (!c->positive && point - s.p <= c->precision - c->scale &&
	    end - point <= c->scale + (point < end)) {
		column_set_text(out, VALUE_DECIMAL, s);
		return true;
	}
	if (!check_digits(c, s, why))
		return false;
	if (c->positive && s.p[0] == '-') /* of a zero */
		s = (struct slice){s.p + 1, s.n - 1};
	/* Only zeros are cut off. */
	if (point < end && c->scale <= 0)
		s.n = (size_t)(point - s.p);
	else if (point < end && end - point - 1 > c->scale)
		s.n = (size_t)(point - s.p + 1 + c->scale);
	column_set_text(out, VALUE_DECIMAL, s);
	return true;
}

static bool
in_range(const struct column *c, const struct value *v)
{
	if (v->huge)
		return v->u <= c->high;
	return v->i >= c->low && (v->i < 0 || (uint64_t)v->i <= c->high);
}

static bool
decimal_integer(struct slice s, struct value *out)
{
	int64_t i = 0;
	uint64_t u = 0;

	*out = (struct value){.type = VALUE_INT};
	if (!decimal_to_integer(s, &i, &u, &out->huge))
		return false;
	if (out->huge)
		out->u = u;
	else
		out->i = i;
	return true;
}

bool
column_fit_int(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	bool whole = true;

	if (in->type == VALUE_INT)
		*out = *in;
	else if (in->type == VALUE_BOOL && c->takes_bool)
		*out = (struct value){.type = VALUE_INT, .i = in->b};
	else if (in->type == VALUE_DECIMAL)
		whole = decimal_integer(in->s, out);
	else if (in->type == VALUE_FLOAT)
		whole = number_float_integer(in->f, out);
	else
		return column_wrong_type(c, in, why);
	if (!whole)
		return column_refuse(why, "integer",
		    "is not an integer, as %.*s wants it, or is too large", (int)c->type.n,
		    c->type.p);
	return in_range(c, out) || column_out_of_range(c, why);
}

static bool
inexact(const struct column *c, struct reject_reason *why)
{
	return column_refuse(why, "exact",
	    "would be rounded by the binary floating point of %.*s; a decimal type holds it "
	    "exactly",
	    (int)c->type.n, c->type.p);
}

/* The database has every bit of f, but shows it with few digits. */
static bool
shows_whole(const struct column *c, double f)
{
	char text[32];

	snprintf(text, sizeof text, "%.*g", c->float_digits, f);
	return strtod(text, NULL) == f;
}

bool
column_fit_float(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	double f;

	if (in->type == VALUE_FLOAT)
		f = in->f;
	else if (in->type == VALUE_INT) {
		if (!number_int_is_float(in, c->single))
			return inexact(c, why);
		f = in->huge ? (double)in->u : (double)in->i;
	} else if (in->type == VALUE_DECIMAL) {
		if (!number_decimal_float(in->s, &f))
			return inexact(c, why);
	} else
		return column_wrong_type(c, in, why);
	if (c->finite && !number_is_finite(f))
		return column_refuse(
		    why, "range", "is not a number that %.*s can hold", (int)c->type.n, c->type.p);
	if (c->single && !number_float_is_single(f))
		return inexact(c, why);
	if (c->float_digits > 0 && !shows_whole(c, f))
		return column_refuse(why, "exact",
		    "would be read with %d digits from %.*s, as another number; double holds it",
		    c->float_digits, (int)c->type.n, c->type.p);
	*out = (struct value){.type = VALUE_FLOAT, .f = f};
	if (c->positive && f < 0)
		return column_out_of_range(c, why);
	if (c->positive && f == 0)
		out->f = 0; /* without a sign */
	if (c->precision == 0 || !number_is_finite(f))
		return true;
	number_put_float(scratch, f);
	return check_digits(c, buf_slice(scratch), why);
}

/* Text that SQLite's NUMERIC affinity takes for a number: white space around [+-]digits[.digits][e[+-]digits]. */
static bool
looks_numeric(struct slice s)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t digits = 0, points = 0;

	while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
		p++;
	p += p < end && (*p == '-' || *p == '+');
	for (; p < end && (is_digit(*p) || (*p == '.' && points == 0)); p++) {
		points += *p == '.';
		digits += *p != '.';
	}
	if (digits == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '-' || *p == '+');
		while (p < end && is_digit(*p))
			p++;
	}
	while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
		p++;
	return p == end;
}

bool
column_fit_any(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	switch (in->type) {
	case VALUE_BOOL:
		*out = (struct value){.type = VALUE_INT, .i = in->b};
		return true;
	case VALUE_INT:
		*out = *in;
		return !in->huge || column_out_of_range(c, why);
	case VALUE_FLOAT:
		*out = *in;
		return number_is_finite(in->f) ||
		       column_refuse(why, "range", "is not a number that %.*s can hold",
			   (int)c->type.n, c->type.p);
	case VALUE_BYTES:
		return column_fit_bytes(c, in, out, why);
	case VALUE_TEXT:
		column_set_text(out, VALUE_TEXT, in->s);
		return column_check_text(c, in->s, why);
	default:
		if (!column_fit_canonical(in, scratch, why))
			return false;
		column_set_text(out, VALUE_TEXT, buf_slice(scratch));
		return column_check_text(c, out->s, why);
	}
}

bool
column_fit_numeric(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	double f;

	if (in->type == VALUE_DECIMAL) {
		if (decimal_integer(in->s, out) && !out->huge)
			return true;
		if (!number_decimal_float(in->s, &f))
			return column_refuse(why, "exact",
			    "would be rounded by the binary floating point that a column of type "
			    "%.*s keeps it in; declare it TEXT",
			    (int)c->type.n, c->type.p);
		*out = (struct value){.type = VALUE_FLOAT, .f = f};
		return true;
	}
	if (in->type == VALUE_TEXT && looks_numeric(in->s))
		return column_refuse(why, "affinity",
		    "would be stored as a number by a column of type %.*s; declare it TEXT",
		    (int)c->type.n, c->type.p);
	return column_fit_any(c, in, out, scratch, why);
}
