/* SPDX-License-Identifier: MIT */
#include "common/record/exact_type.h"
#include "common/record/mp.h"
#include "common/record/number.h"
#include "common/text/decimal.h"
#include "common/text/float_text.h"
#include "common/time/iso.h"

bool
exact_type_digits(const struct value *v, struct buf *digits)
{
	switch (v->type) {
	case VALUE_INT:
		number_put_integer(digits, v);
		return true;
	case VALUE_FLOAT:
		if (!number_is_finite(v->f))
			return false;
		number_put_float(digits, v->f == 0 ? 0.0 : v->f); /* no decimal is -0 */
		return true;
	case VALUE_DECIMAL:
		buf_put_slice(digits, v->s);
		return true;
	case VALUE_TEXT:
		return decimal_parse(v->s, digits);
	default:
		return false;
	}
}

/* The float that prints back to the digits, as JSON text becomes one. */
static bool
put_float(struct slice text, struct buf *out)
{
	char all[DECIMAL_DIGITS_MAX + 8];
	size_t n = 0, first = 0;
	int exponent = 0;
	bool after_point = false;
	for (size_t i = *text.p == '-'; i < text.n; i++) {
		if (text.p[i] == '.') {
			after_point = true;
			continue;
		}
		all[n++] = text.p[i];
		exponent -= after_point;
	}
	while (first < n && all[first] == '0')
		first++;
	for (; n > first && all[n - 1] == '0'; n--)
		exponent++;
	if (n - first > FLOAT_DIGITS_MAX)
		return false;
	uint64_t digits = 0;
	for (size_t i = first; i < n; i++)
		digits = 10 * digits + (uint64_t)(all[i] - '0');
	double f;
	if (!float_is_decimal(*text.p == '-', digits, digits ? exponent : 0, &f))
		return false;
	mp_buf_float(out, f);
	return true;
}

static bool
put_number(enum value_type type, const struct value *v, struct buf *out)
{
	char bytes[DECIMAL_DIGITS_MAX + 8];
	struct buf digits = {.p = bytes, .cap = sizeof bytes, .max = sizeof bytes};
	if (!exact_type_digits(v, &digits) || digits.failed)
		return false;
	struct slice text = buf_slice(&digits);
	if (type == VALUE_INT)
		return value_put_integer(out, text);
	if (type == VALUE_FLOAT)
		return put_float(text, out);
	value_put_decimal(out, text);
	return true;
}

static bool
put_time(enum value_type type, struct slice text, struct buf *out)
{
	int64_t at;
	uint32_t nanoseconds;
	if (type == VALUE_DATE && iso_read_date(text, &at))
		value_put_date(out, (int32_t)at);
	else if (type == VALUE_DATETIME && iso_read_datetime(text, &at))
		value_put_datetime(out, at);
	else if (type == VALUE_TIMESTAMP && iso_read_timestamp(text, &at, &nanoseconds))
		value_put_timestamp(out, at, nanoseconds);
	else
		return false;
	return true;
}

bool
exact_type_put(enum value_type type, const struct value *v, struct buf *out)
{
	if (v->type == type || v->type == VALUE_NULL) {
		buf_put_slice(out, v->raw);
		return true;
	}
	switch (type) {
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		return put_number(type, v, out);
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIMESTAMP:
		return v->type == VALUE_TEXT && put_time(type, v->s, out);
	default:
		return false;
	}
}
