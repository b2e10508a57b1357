/* SPDX-License-Identifier: MIT */
/* int, float and decimal: every number is exact ASCII digits on its way, and is rounded by round= only. */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/number.h"
#include "common/text/ascii.h"
#include "common/text/float_text.h"
#include "stages/normalize/convert.h"

static struct buf parsed, moved, scaled;

/* The value as a valid decimal. */
static bool
digits_of(struct spec *s, const struct value *v, struct slice text, struct slice *digits,
    struct reject_reason *why)
{
	switch (v->type) {
	case VALUE_TEXT:
		return number_text(s, text, digits, why);
	case VALUE_DECIMAL:
		*digits = v->s;
		return true;
	case VALUE_INT:
		buf_reset(&parsed);
		number_put_integer(&parsed, v);
		break;
	case VALUE_FLOAT:
		if (!number_is_finite(v->f))
			return reason_type(why, s->type);
		buf_reset(&parsed);
		number_put_float(&parsed, v->f == 0 ? 0.0 : v->f); /* no decimal is -0 */
		break;
	default:
		return reason_type(why, s->type);
	}
	buf_check(&parsed, "a number", NULL);
	*digits = buf_slice(&parsed);
	return true;
}

/* Moves the point, then rounds. */
static bool
apply_rules(struct spec *s, struct slice *digits, struct reject_reason *why)
{
	bool changed;
	if (s->shifts) {
		buf_reset(&moved);
		if (!decimal_shift(*digits, s->shift, &moved))
			return reason(why, rule_names[s->shifts], "would have too many digits");
		s->changed[s->shifts]++;
		*digits = buf_slice(&moved);
	}
	if (!s->has[RULE_SCALE] && !s->has[RULE_ROUND])
		return true;
	buf_reset(&scaled);
	if (!decimal_rescale(*digits, s->scale, s->round, &scaled, &changed)) {
		why->rule = "scale";
		snprintf(why->text, sizeof why->text,
		    "has more than %u digits behind the point (round= would allow it)", s->scale);
		return false;
	}
	s->changed[RULE_ROUND] += changed;
	*digits = buf_slice(&scaled);
	return true;
}

static bool
put_int(struct slice digits, struct buf *out, struct reject_reason *why)
{
	if (value_put_integer(out, digits))
		return true;
	if (!decimal_shape(digits).zero && decimal_shape(digits).least > 0)
		return reason_type(why, VALUE_INT);
	return reason(why, "int", "is not an int from -2^63 to 2^64-1");
}

/* A float only when its shortest text is this very number. */
static bool
put_float(struct slice digits, struct buf *out, struct reject_reason *why)
{
	bool negative = digits.n && digits.p[0] == '-';
	struct decimal_shape shape = decimal_shape(digits);
	uint64_t all = 0;
	double f = 0;
	if (!digits.p || shape.zero) {
		mp_buf_float(out, 0.0);
		return true;
	}
	/* From the first digit that counts to the last. */
	const char *p = digits.p + negative;
	while (*p == '0' || *p == '.')
		p++;
	long count = shape.weight + shape.least;
	for (long n = 0; n < count && count <= FLOAT_DIGITS_MAX; p++)
		if (*p != '.') {
			all = all * 10 + (uint64_t)(*p - '0');
			n++;
		}
	if (count > FLOAT_DIGITS_MAX || !float_is_decimal(negative, all, (int)-shape.least, &f))
		return reason(why, "float", "has more digits than a float can carry: take decimal");
	mp_buf_float(out, f);
	return true;
}

/* Digits alone, few enough for a plain loop: what most texts are. */
static bool
put_short_int(struct slice text, struct buf *out)
{
	int64_t n = 0;
	if (!text.n || text.n > 18)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return false;
		n = n * 10 + (text.p[i] - '0');
	}
	mp_buf_int(out, n);
	return true;
}

bool
convert_number(struct spec *s, const struct value *v, struct slice text, struct buf *out,
    struct reject_reason *why)
{
	struct slice digits = {0};
	bool exact = !s->shifts && !s->has[RULE_SCALE];
	if (exact && v->type == s->type) {
		if (v->type == VALUE_FLOAT)
			mp_buf_float(out, v->f); /* one of 32 bits is widened */
		else
			buf_put_slice(out, v->raw);
		return true;
	}
	if (s->plain && s->type == VALUE_INT && text.p && put_short_int(text, out))
		return true;
	if (!digits_of(s, v, text, &digits, why) || !apply_rules(s, &digits, why))
		return false;
	if (s->type == VALUE_INT)
		return put_int(digits, out, why);
	if (s->type == VALUE_FLOAT)
		return put_float(digits, out, why);
	value_put_decimal(out, digits);
	return true;
}
