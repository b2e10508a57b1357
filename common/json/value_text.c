/* SPDX-License-Identifier: MIT */
#include "common/json/value_text.h"
#include "common/json/json_write.h"
#include "common/record/number.h"
#include "common/text/base64.h"
#include "common/text/float_text.h"
#include "common/time/iso.h"

static void
put_float(struct buf *b, double f, bool marked)
{
	if (!number_is_finite(f)) {
		buf_put_text(b, f != f ? "NaN" : f > 0 ? "Infinity" : "-Infinity");
		return;
	}
	if (!marked) {
		number_put_float(b, f);
		return;
	}
	char *p = buf_reserve(b, FLOAT_TEXT_MAX);
	if (p)
		b->n += float_text(f, p);
}

static void
put_hex(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < s.n; i++) {
		buf_put_byte(b, digits[(unsigned char)s.p[i] >> 4]);
		buf_put_byte(b, digits[(unsigned char)s.p[i] & 15]);
	}
}

const char *
value_text(struct buf *b, const struct value *v, const struct value_style *style)
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
		put_float(b, v->f, style && style->float_marked);
		break;
	case VALUE_DECIMAL:
	case VALUE_TEXT:
		buf_put_slice(b, v->s);
		break;
	case VALUE_BYTES:
		if (style && style->base64)
			base64_put(b, v->s);
		else
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
		return json_write(b, v->s, &(struct json_style){0});
	}
	return NULL;
}
