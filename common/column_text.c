/* SPDX-License-Identifier: MIT */
#include "common/column.h"
#include "common/iso.h"
#include "common/mp.h"
#include "common/number.h"

static void
put_hex(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		buf_put_byte(b, digits[(unsigned char)s.p[i] >> 4]);
		buf_put_byte(b, digits[(unsigned char)s.p[i] & 15]);
	}
}

void
column_put_text(struct buf *b, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
	case VALUE_BAD:
		break;
	case VALUE_BOOL:
		buf_put_text(b, v->b ? "true" : "false");
		break;
	case VALUE_INT:
		number_put_integer(b, v);
		break;
	case VALUE_FLOAT:
		if (number_is_finite(v->f))
			number_put_float(b, v->f);
		else
			buf_put_text(b, v->f != v->f ? "NaN" : v->f > 0 ? "Infinity" : "-Infinity");
		break;
	case VALUE_DECIMAL:
	case VALUE_TEXT:
		buf_put_slice(b, v->s);
		break;
	case VALUE_BYTES:
		put_hex(b, v->s);
		break;
	case VALUE_DATE:
		iso_put_date(b, v->i);
		break;
	case VALUE_DATETIME:
		iso_put_datetime(b, v->i);
		break;
	case VALUE_TIMESTAMP:
		iso_put_timestamp(b, v->at.seconds, v->at.nanoseconds);
		break;
	case VALUE_JSON:
		column_put_json(b, v);
		break;
	}
}

static void
put_json_text(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";

	buf_put_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			buf_put_byte(b, '\\');
		if (c >= 0x20) {
			buf_put_byte(b, (char)c);
			continue;
		}
		buf_put_text(b, "\\u00");
		buf_put_byte(b, digits[c >> 4]);
		buf_put_byte(b, digits[c & 15]);
	}
	buf_put_byte(b, '"');
}

/* Anything but an array or map. */
static void
put_json_scalar(struct buf *b, const struct value *v)
{
	struct buf text = {0};

	switch (v->type) {
	case VALUE_NULL:
		buf_put_text(b, "null");
		break;
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		column_put_text(b, v);
		break;
	case VALUE_TEXT:
		put_json_text(b, v->s);
		break;
	default:
		column_put_text(&text, v);
		put_json_text(b, buf_slice(&text));
		b->failed |= text.failed;
		buf_free(&text);
		break;
	}
}

void
column_put_json(struct buf *b, const struct value *v)
{
	/* What is still to come at each depth: elements of an array, keys and values of a map. */
	struct {
		size_t left;
		bool map;
	} open[MP_DEPTH_MAX];
	size_t depth = 0;
	const char *p, *end;

	if (v->type != VALUE_JSON) {
		put_json_scalar(b, v);
		return;
	}
	p = v->s.p;
	end = p + v->s.n;
	do {
		struct mp_token t;
		const char *next = mp_read(p, end, &t);
		if (!next)
			break;
		if ((t.type == MP_ARRAY || t.type == MP_MAP) && depth < MP_DEPTH_MAX) {
			buf_put_byte(b, t.type == MP_MAP ? '{' : '[');
			open[depth].map = t.type == MP_MAP;
			open[depth++].left = t.type == MP_MAP ? 2 * t.n : t.n;
			p = next;
		} else {
			struct value scalar;
			if (!(p = value_read(p, end, &scalar)))
				break;
			put_json_scalar(b, &scalar);
			if (depth > 0)
				open[depth - 1].left--;
		}
		while (depth > 0 && open[depth - 1].left == 0) {
			buf_put_byte(b, open[--depth].map ? '}' : ']');
			if (depth > 0)
				open[depth - 1].left--;
		}
		if (depth > 0 && p > v->s.p && b->n > 0 && b->p[b->n - 1] != '[' &&
		    b->p[b->n - 1] != '{')
			buf_put_byte(
			    b, open[depth - 1].map && open[depth - 1].left % 2 ? ':' : ',');
	} while (depth > 0);
}
