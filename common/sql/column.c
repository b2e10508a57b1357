/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/json/value_text.h"
#include "common/sql/column_impl.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

/* Always false, so that a check can return it. */
bool
column_refuse(struct reject_reason *why, const char *rule, const char *format, ...)
{
	va_list ap;

	why->rule = rule;
	va_start(ap, format);
	vsnprintf(why->text, sizeof why->text, format, ap);
	va_end(ap);
	return false;
}

bool
column_wrong_type(const struct column *c, const struct value *in, struct reject_reason *why)
{
	return column_refuse(why, "type", "is %s and does not go into a column of type %.*s",
	    value_type_name(in->type), (int)c->type.n, c->type.p);
}

bool
column_out_of_range(const struct column *c, struct reject_reason *why)
{
	return column_refuse(why, "range", "is out of range of %.*s", (int)c->type.n, c->type.p);
}

void
column_set_text(struct value *out, enum value_type type, struct slice s)
{
	out->type = type;
	out->huge = false;
	out->s = s;
}

/* True if no character of the text is above the last one. */
static bool
within(struct slice s, uint32_t last)
{
	uint32_t c = 0;

	for (size_t n; (n = utf8_decode(s, &c)) > 0; s = (struct slice){s.p + n, s.n - n})
		if (c > last)
			return false;
	return true;
}

bool
column_check_text(const struct column *c, struct slice s, struct reject_reason *why)
{
	if (c->no_nul && s.n > 0 && memchr(s.p, '\0', s.n))
		return column_refuse(
		    why, "nul", "holds a NUL byte, which %.*s cannot", (int)c->type.n, c->type.p);
	if (c->trims && s.n > 0 && s.p[s.n - 1] == ' ')
		return column_refuse(why, "space", "ends in a space, which %.*s does not keep",
		    (int)c->type.n, c->type.p);
	if (c->last_char > 0 && !within(s, c->last_char))
		return column_refuse(
		    why, "charset", "holds a character that the column's encoding does not have");
	/* No text has more characters than bytes. */
	if (c->max_chars > 0 && s.n > c->max_chars && utf8_count(s) > c->max_chars)
		return column_refuse(why, "length", "is longer than the %zu characters of %.*s",
		    c->max_chars, (int)c->type.n, c->type.p);
	if (c->max_bytes > 0 && s.n > c->max_bytes)
		return column_refuse(why, "length", "is longer than the %zu bytes of %.*s",
		    c->max_bytes, (int)c->type.n, c->type.p);
	return true;
}

bool
column_fit_canonical(const struct value *in, struct buf *scratch, struct reject_reason *why)
{
	const char *wrong = value_text(scratch, in, NULL);

	return !wrong || column_refuse(why, "json", "holds %s, which JSON cannot", wrong);
}

/* Text as it is, and digits, which have one spelling only. */
static bool
fit_text(const struct column *c, const struct value *in, struct value *out, struct buf *scratch,
    struct reject_reason *why)
{
	if (in->type == VALUE_TEXT || in->type == VALUE_DECIMAL)
		column_set_text(out, VALUE_TEXT, in->s);
	else if (in->type == VALUE_INT || (c->canonical && in->type != VALUE_BYTES)) {
		if (!column_fit_canonical(in, scratch, why))
			return false;
		column_set_text(out, VALUE_TEXT, buf_slice(scratch));
	} else
		return column_wrong_type(c, in, why);
	return column_check_text(c, out->s, why);
}

/*
 * Text as it is. A number's digits are text of another meaning to most of these types:
 * 10 is the bits 10, 90 an interval of seconds, 128 a network.
 */
static bool
fit_other(const struct column *c, const struct value *in, struct value *out, struct buf *scratch,
    struct reject_reason *why)
{
	if (in->type != VALUE_TEXT && !c->takes_digits)
		return column_wrong_type(c, in, why);
	return fit_text(c, in, out, scratch, why);
}

bool
column_fit_bytes(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	if (in->type != VALUE_BYTES)
		return column_wrong_type(c, in, why);
	column_set_text(out, VALUE_BYTES, in->s);
	if (c->max_bytes > 0 && in->s.n > c->max_bytes)
		return column_refuse(why, "length", "is longer than the %zu bytes of %.*s",
		    c->max_bytes, (int)c->type.n, c->type.p);
	if (c->padded && in->s.n < c->max_bytes)
		return column_refuse(why, "length",
		    "is shorter than the %zu bytes of %.*s, which would be filled up with zero "
		    "bytes",
		    c->max_bytes, (int)c->type.n, c->type.p);
	return true;
}

static bool
fit_uuid(const struct column *c, const struct value *in, struct value *out, struct buf *scratch,
    struct reject_reason *why)
{
	static const char groups[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	unsigned half = 0;

	if (in->type == VALUE_BYTES && in->s.n == 16) {
		column_set_text(out, VALUE_BYTES, in->s);
		return true;
	}
	if (in->type != VALUE_TEXT)
		return column_wrong_type(c, in, why);
	bool good = in->s.n == sizeof groups - 1;
	for (size_t i = 0; good && i < in->s.n; i++) {
		char h = in->s.p[i];
		if (groups[i] == '-') {
			good = h == '-';
			continue;
		}
		unsigned digit = is_digit(h)            ? (unsigned)(h - '0')
				 : h >= 'a' && h <= 'f' ? (unsigned)(h - 'a' + 10)
				 : h >= 'A' && h <= 'F' ? (unsigned)(h - 'A' + 10)
							: 16;
		good = digit < 16;
		half = half << 4 | digit;
		if (half & 0x100) {
			buf_put_byte(scratch, (char)(half & 0xff));
			half = 0;
		} else
			half |= 0x10;
	}
	if (!good)
		return column_refuse(why, "uuid", "is not a uuid as %s", groups);
	column_set_text(out, VALUE_BYTES, buf_slice(scratch));
	return true;
}

/* Index of the member; n_members if it is not one. */
static size_t
member(const struct column *c, struct slice s)
{
	size_t i = 0;

	while (i < c->n_members && !slice_equal(c->members[i], s))
		i++;
	return i;
}

static bool
fit_enum(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	if (in->type != VALUE_TEXT)
		return column_wrong_type(c, in, why);
	column_set_text(out, VALUE_TEXT, in->s);
	return member(c, in->s) < c->n_members ||
	       column_refuse(
		   why, "enum", "is not one of the values of %.*s", (int)c->type.n, c->type.p);
}

static bool
fit_set(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	if (in->type != VALUE_TEXT)
		return column_wrong_type(c, in, why);
	column_set_text(out, VALUE_TEXT, in->s);
	struct slice rest = in->s;
	/* of the next part: the server returns the parts in the order of the type */
	size_t least = 0;
	while (rest.n > 0) {
		const char *comma = memchr(rest.p, ',', rest.n);
		size_t n = comma ? (size_t)(comma - rest.p) : rest.n;
		bool last = comma && n + 1 == rest.n;
		size_t i = member(c, (struct slice){rest.p, n});
		if (i == c->n_members || last)
			return column_refuse(why, "set",
			    "has a part that is not one of the values of %.*s", (int)c->type.n,
			    c->type.p);
		if (i < least)
			return column_refuse(why, "set",
			    "has its parts in another order than %.*s, or one twice",
			    (int)c->type.n, c->type.p);
		least = i + 1;
		n += comma != NULL;
		rest = (struct slice){rest.p + n, rest.n - n};
	}
	return true;
}

bool
column_fit_null(const struct column *c, struct value *out, struct reject_reason *why)
{
	*out = (struct value){.type = VALUE_NULL};
	return c->nullable || column_refuse(why, "not-null", "is null, and the column is NOT NULL");
}

bool
column_fit(const struct column *c, const struct value *in, struct value *out, struct buf *scratch,
    struct reject_reason *why)
{
	if (in->type == VALUE_NULL)
		return column_fit_null(c, out, why);
	if (in->type == VALUE_BAD)
		return column_refuse(why, "type", "is of a type that mam-stream(5) does not have");
	switch (c->kind) {
	case COLUMN_BOOL:
		*out = *in;
		return in->type == VALUE_BOOL || column_wrong_type(c, in, why);
	case COLUMN_INT:
		return column_fit_int(c, in, out, why);
	case COLUMN_FLOAT:
		return column_fit_float(c, in, out, scratch, why);
	case COLUMN_DECIMAL:
		return column_fit_decimal(c, in, out, scratch, why);
	case COLUMN_TEXT:
		return fit_text(c, in, out, scratch, why);
	case COLUMN_OTHER:
		return fit_other(c, in, out, scratch, why);
	case COLUMN_BYTES:
		return column_fit_bytes(c, in, out, why);
	case COLUMN_DATE:
		return column_fit_date(c, in, out, why);
	case COLUMN_TIME:
		return column_fit_time(c, in, out, why);
	case COLUMN_DATETIME:
		return column_fit_datetime(c, in, out, why);
	case COLUMN_TIMESTAMP:
		return column_fit_timestamp(c, in, out, why);
	case COLUMN_JSON:
		return column_fit_json(c, in, out, scratch, why);
	case COLUMN_UUID:
		return fit_uuid(c, in, out, scratch, why);
	case COLUMN_INET4:
	case COLUMN_INET6:
		return column_fit_address(c, in, out, scratch, why);
	case COLUMN_ENUM:
		return fit_enum(c, in, out, why);
	case COLUMN_SET:
		return fit_set(c, in, out, why);
	case COLUMN_NUMERIC:
		return column_fit_numeric(c, in, out, scratch, why);
	case COLUMN_ANY:
		return column_fit_any(c, in, out, scratch, why);
	case COLUMN_NONE:
		break;
	}
	return column_refuse(why, "type", "does not go into a column of type %.*s: %s",
	    (int)c->type.n, c->type.p, c->why ? c->why : "it is not supported");
}
