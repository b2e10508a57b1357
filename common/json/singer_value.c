/* SPDX-License-Identifier: MIT */
#include "common/json/singer.h"
#include "common/json/value_text.h"
#include "common/record/mp.h"
#include "common/record/number.h"
#include "common/text/decimal.h"
#include "common/text/utf8.h"
#include "common/time/iso.h"

/* A number as a decimal, or a text that is one; false for anything else. */
static bool
put_decimal(const struct value *v, bool text, struct buf *out)
{
	if (text || v->type == VALUE_TEXT)
		return text && v->type == VALUE_TEXT && decimal_parse(v->s, out);
	if (v->type == VALUE_DECIMAL)
		buf_put_slice(out, v->s);
	else if (v->type == VALUE_INT)
		number_put_integer(out, v);
	else if (v->type == VALUE_FLOAT && number_is_finite(v->f))
		number_put_float(out, v->f);
	else
		return false;
	return true;
}

static const char *
check_limits(const struct singer_field *f, struct slice number)
{
	if (f->low.p) {
		int order = decimal_compare(number, f->low);
		if (order < 0 || (order == 0 && f->low_excluded))
			return "is below the minimum of its schema";
	}
	if (f->high.p) {
		int order = decimal_compare(number, f->high);
		if (order > 0 || (order == 0 && f->high_excluded))
			return "is above the maximum of its schema";
	}
	return NULL;
}

static const char *
check_scale(const struct singer_field *f, struct slice number)
{
	struct decimal_shape shape = decimal_shape(number);
	if (f->scale < 0 || shape.zero || shape.least <= f->scale)
		return NULL;
	return "has more digits than the multipleOf of its schema";
}

static const char *
put_number(const struct singer_field *f, const struct value *v, struct buf *out)
{
	static struct buf text;
	struct value whole = *v;
	buf_reset(&text);
	if (!put_decimal(v, f->digits, &text))
		return f->digits               ? "is not a text with a decimal number"
		       : f->form == SINGER_INT ? "is not an integer"
					       : "is not a number";
	struct slice number = buf_slice(&text);
	const char *wrong = check_limits(f, number);
	if (wrong)
		return wrong;
	if (f->form == SINGER_DECIMAL) {
		value_put_decimal(out, number);
		return check_scale(f, number);
	}
	if (f->form == SINGER_INT) {
		/* 7.0 is the integer 7 in JSON Schema. */
		return value_put_integer(out, number)
			   ? NULL
			   : "is not an integer between -2^63 and 2^64-1";
	}
	if (v->type == VALUE_DECIMAL || (v->type == VALUE_INT && !number_int_is_float(v, false)))
		return "is not exactly a float (see --number)";
	mp_buf_float(out, v->type == VALUE_FLOAT ? v->f
			  : whole.huge           ? (double)whole.u
						 : (double)whole.i);
	return NULL;
}

static const char *
put_date_time(const struct singer_choices *choices, const struct value *v, struct buf *out)
{
	int64_t n;
	uint32_t nanoseconds;
	if (v->type != VALUE_TEXT)
		return "is not a text";
	if (choices->date_time == VALUE_TEXT) {
		mp_buf_str(out, v->s);
	} else if (choices->date_time == VALUE_TIMESTAMP) {
		if (!iso_read_timestamp(v->s, &n, &nanoseconds))
			return iso_read_wall(v->s, &n, &nanoseconds)
				   ? "has no zone (see --date-time)"
				   : "is not a date and time as ISO 8601 writes it";
		value_put_timestamp(out, n, nanoseconds);
	} else {
		if (!iso_read_datetime(v->s, &n))
			return iso_read_timestamp(v->s, &n, &nanoseconds)
				   ? "has a zone or nanoseconds (see --date-time)"
				   : "is not a date and time as ISO 8601 writes it";
		value_put_datetime(out, n);
	}
	return NULL;
}

static const char *
put_text(const struct singer_field *f, const struct value *v, struct buf *out)
{
	static struct buf text;
	if (f->form == SINGER_MIXED && v->type != VALUE_TEXT) {
		buf_reset(&text);
		value_text(&text, v, NULL);
		out->failed |= text.failed;
		mp_buf_str(out, buf_slice(&text));
		return NULL;
	}
	if (v->type != VALUE_TEXT)
		return "is not a text";
	if (f->length != UINT64_MAX && utf8_count(v->s) > f->length)
		return "is longer than the maxLength of its schema";
	mp_buf_str(out, v->s);
	return NULL;
}

const char *
singer_put_value(const struct singer_field *f, const struct singer_choices *choices,
    const struct value *v, struct buf *out)
{
	int64_t days;
	switch (f->form) {
	case SINGER_BOOL:
		if (v->type != VALUE_BOOL)
			return "is not a boolean";
		mp_buf_bool(out, v->b);
		break;
	case SINGER_INT:
	case SINGER_FLOAT:
	case SINGER_DECIMAL:
		return put_number(f, v, out);
	case SINGER_DATE:
		if (v->type != VALUE_TEXT || !iso_read_date(v->s, &days))
			return "is not a date as YYYY-MM-DD";
		value_put_date(out, (int32_t)days);
		break;
	case SINGER_DATE_TIME:
		return put_date_time(choices, v, out);
	case SINGER_JSON:
		if (v->type != VALUE_JSON)
			return "is not an object or array";
		buf_put_slice(out, v->raw);
		break;
	case SINGER_TEXT:
	case SINGER_MIXED:
		return put_text(f, v, out);
	}
	return NULL;
}
