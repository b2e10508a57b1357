/* SPDX-License-Identifier: MIT */
#include "common/record/number.h"
#include "common/sql/pg_text_impl.h"
#include "common/time/iso.h"

/* Ranges "[1,5)" and multiranges "{[1,5),[7,9)}". */

struct bound {
	struct slice text; /* without quotes; empty: no bound */
	bool inclusive;
	bool counted; /* value is set */
	int64_t value;
};

struct range {
	struct bound low, high;
};

/* Up to a comma or a bracket; a bound in quotes has no quote or backslash within. */
static bool
read_text(struct slice *s, struct slice *text)
{
	bool quotes = slice_take(s, '"');

	text->p = s->p;
	while (s->n > 0 && (quotes ? *s->p != '"' : !strchr(",])}\"", *s->p))) {
		if (*s->p == '\\')
			return false;
		s->p++;
		s->n--;
	}
	text->n = (size_t)(s->p - text->p);
	if (quotes)
		return slice_take(s, '"');
	*text = slice_trim(*text);
	return true;
}

static bool
value_of(enum pg_text_rule rule, struct bound *b)
{
	switch (rule) {
	case PG_TEXT_INTEGERS:
		return parse_integer(b->text, INT64_MIN, INT64_MAX, &b->value);
	case PG_TEXT_DATES:
		return iso_read_date(b->text, &b->value);
	case PG_TEXT_DATETIMES:
		return iso_read_datetime(b->text, &b->value);
	default:
		return false;
	}
}

/* Discrete ranges are kept as [low,high). */
static bool
count(enum pg_text_rule rule, struct bound *b, bool is_low)
{
	bool discrete = rule == PG_TEXT_INTEGERS || rule == PG_TEXT_DATES;

	b->counted = value_of(rule, b);
	if (!b->counted || !discrete || b->inclusive == is_low)
		return true;
	b->inclusive = is_low;
	return !__builtin_add_overflow(b->value, 1, &b->value);
}

static bool
read_range(enum pg_text_rule rule, struct slice *s, struct range *r)
{
	*r = (struct range){0};
	r->low.inclusive = slice_take(s, '[');
	if (!r->low.inclusive && !slice_take(s, '('))
		return false;
	if (!read_text(s, &r->low.text) || !slice_take(s, ',') || !read_text(s, &r->high.text))
		return false;
	r->high.inclusive = slice_take(s, ']');
	if (!r->high.inclusive && !slice_take(s, ')'))
		return false;
	return count(rule, &r->low, true) && count(rule, &r->high, false);
}

static bool
same_bound(const struct bound *a, const struct bound *b)
{
	/* A missing bound has no inclusion. */
	if (a->text.n == 0 || b->text.n == 0)
		return a->text.n == b->text.n;
	if (a->inclusive != b->inclusive || a->counted != b->counted)
		return false;
	return a->counted ? a->value == b->value : slice_equal(a->text, b->text);
}

static void
skip_spaces(struct slice *s)
{
	while (slice_take(s, ' '))
		;
}

/* The ranges of both one by one: where the server merged two, or dropped an empty one, they differ. */
static bool
same_list(enum pg_text_rule rule, struct slice a, struct slice b)
{
	struct range x, y;

	for (;;) {
		skip_spaces(&a);
		skip_spaces(&b);
		if (!read_range(rule, &a, &x) || !read_range(rule, &b, &y))
			return false;
		if (!same_bound(&x.low, &y.low) || !same_bound(&x.high, &y.high))
			return false;
		skip_spaces(&a);
		bool more = slice_take(&a, ',');
		if (more != slice_take(&b, ','))
			return false;
		if (!more)
			break;
	}
	return slice_equal(a, b);
}

bool
pg_text_same_ranges(enum pg_text_rule rule, struct slice given, struct slice read)
{
	bool many = slice_take(&given, '{');

	if (many != slice_take(&read, '{'))
		return false;
	return same_list(rule, given, read);
}
