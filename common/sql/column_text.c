/* SPDX-License-Identifier: MIT */
#include "common/json/json_write.h"
#include "common/record/number.h"
#include "common/sql/column.h"
#include "common/time/iso.h"

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
		return column_put_json(b, v);
	}
	return NULL;
}

const char *
column_put_json(struct buf *b, const struct value *v)
{
	static const struct json_style style = {.decimal_text = false};

	return json_write(b, v->raw, &style);
}
