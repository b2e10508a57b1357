/* SPDX-License-Identifier: MIT */
#include "common/sql/value_text.h"
#include "common/record/number.h"
#include "common/sql/column.h"
#include "common/text/float_text.h"

enum { INT_TEXT_MAX = 21 };

static void
put_int(struct buf *b, const struct value *v)
{
	char *from = buf_reserve(b, INT_TEXT_MAX), *p = from;
	if (!p)
		return;
	bool minus = !v->huge && v->i < 0;
	if (minus)
		*p++ = '-';
	p = uint_text(p, v->huge ? v->u : minus ? 0 - (uint64_t)v->i : (uint64_t)v->i);
	b->n += (size_t)(p - from);
}

static void
put_float(struct buf *b, double f)
{
	char *p = buf_reserve(b, FLOAT_TEXT_MAX);
	if (p)
		b->n += float_text(f, p);
}

void
value_text(struct buf *b, const struct value *v)
{
	if (v->type == VALUE_INT)
		put_int(b, v);
	else if (v->type == VALUE_FLOAT && number_is_finite(v->f))
		put_float(b, v->f);
	else
		column_put_text(b, v);
}
