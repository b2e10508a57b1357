/* SPDX-License-Identifier: MIT */
#include "common/db/mysql/text.h"

#include "common/record/number.h"
#include "common/text/float_text.h"
#include "common/time/iso.h"

enum { SECOND = 1000000, DAY_SECONDS = 86400, NUMBER_MAX = 24 };

/* n digits of a number that has no more. */
static char *
put_digits(char *to, uint64_t number, unsigned n)
{
	for (unsigned i = n; i > 0; i--) {
		to[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return to + n;
}

/* A report has few days, many times: their texts are remembered. */
static void
put_date(struct buf *b, int64_t days)
{
	enum { KNOWN = 64 };
	static struct {
		int64_t days;
		char text[10];
	} known[KNOWN];
	size_t i = (uint64_t)days % KNOWN;
	char *p = known[i].text;

	if (known[i].days != days || *p == '\0') {
		int64_t year = 0;
		unsigned month = 0, day = 0;
		iso_civil(days, &year, &month, &day);
		p = put_digits(p, (uint64_t)year, 4);
		*p++ = '-';
		p = put_digits(p, month, 2);
		*p++ = '-';
		put_digits(p, day, 2);
		known[i].days = days;
	}
	buf_put(b, known[i].text, sizeof(known[i].text));
}

void
text_put_clock(struct buf *b, int64_t microseconds)
{
	char text[17], *p = text;
	uint64_t whole = microseconds < 0 ? 0 - (uint64_t)microseconds : (uint64_t)microseconds,
		 second = whole / SECOND, fraction = whole % SECOND, hours = second / 3600;

	if (microseconds < 0)
		*p++ = '-';
	p = put_digits(p, hours, hours < 100 ? 2 : 3);
	*p++ = ':';
	p = put_digits(p, second / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, second % 60, 2);
	if (fraction > 0) {
		*p++ = '.';
		p = put_digits(p, fraction, 6);
		while (p[-1] == '0')
			p--;
	}
	buf_put(b, text, (size_t)(p - text));
}

static void
put_moment(struct buf *b, int64_t days, int64_t microseconds)
{
	put_date(b, days);
	buf_put_byte(b, ' ');
	text_put_clock(b, microseconds);
}

/* Rounded down, as the days before 1970 need it. */
static int64_t
floor_divide(int64_t a, int64_t by)
{
	return a / by - (a % by < 0);
}

void
text_put_time(struct buf *b, const struct value *v, int64_t offset)
{
	int64_t days, seconds;

	switch (v->type) {
	case VALUE_DATE:
		put_date(b, v->i);
		break;
	case VALUE_DATETIME:
		days = floor_divide(v->i, (int64_t)DAY_SECONDS * SECOND);
		put_moment(b, days, v->i - days * DAY_SECONDS * SECOND);
		break;
	case VALUE_TIMESTAMP:
		seconds = v->at.seconds + offset;
		days = floor_divide(seconds, DAY_SECONDS);
		put_moment(
		    b, days, (seconds - days * DAY_SECONDS) * SECOND + v->at.nanoseconds / 1000);
		break;
	default:
		break;
	}
}

static void
put_hex(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	char *to = buf_reserve(b, 2 * s.n);

	if (!to)
		return;
	for (size_t i = 0; i < s.n; i++) {
		*to++ = digits[(unsigned char)s.p[i] >> 4];
		*to++ = digits[(unsigned char)s.p[i] & 15];
	}
	b->n += 2 * s.n;
}

void
text_put_uuid(struct buf *b, struct slice bytes)
{
	static const unsigned char parts[] = {4, 2, 2, 2, 6};
	size_t at = 0;

	for (size_t i = 0; i < sizeof parts; i++) {
		if (i > 0)
			buf_put_byte(b, '-');
		put_hex(b, (struct slice){bytes.p + at, parts[i]});
		at += parts[i];
	}
}

/* Non-zero when one of the eight bytes is 0: the usual trick, exact as a yes or no. */
static uint64_t
has_zero(uint64_t w)
{
	return (w - 0x0101010101010101U) & ~w & 0x8080808080808080U;
}

static bool
has_special(uint64_t w)
{
	return (has_zero(w) | has_zero(w ^ 0x0909090909090909U) |
		   has_zero(w ^ 0x0a0a0a0a0a0a0a0aU) | has_zero(w ^ 0x5c5c5c5c5c5c5c5cU)) != 0;
}

static char *
put_escaped(char *to, char c)
{
	switch (c) {
	case '\t':
		*to++ = '\\';
		*to++ = 't';
		break;
	case '\n':
		*to++ = '\\';
		*to++ = 'n';
		break;
	case '\0':
		*to++ = '\\';
		*to++ = '0';
		break;
	case '\\':
		*to++ = '\\';
		*to++ = '\\';
		break;
	default:
		*to++ = c;
		break;
	}
	return to;
}

/* Eight bytes at a time as long as none of them is special. */
static void
put_text(struct buf *b, struct slice s)
{
	char *start = buf_reserve(b, 2 * s.n), *to = start;
	const char *p = s.p, *end = s.p + s.n;
	uint64_t w;

	if (!start)
		return;
	while (p < end) {
		for (; end - p >= 8; p += 8, to += 8) {
			memcpy(&w, p, sizeof w);
			if (has_special(w))
				break;
			memcpy(to, &w, sizeof w);
		}
		for (int i = 0; i < 8 && p < end; i++)
			to = put_escaped(to, *p++);
	}
	b->n += (size_t)(to - start);
}

static void
put_integer(struct buf *b, const struct value *v)
{
	char *start = buf_reserve(b, NUMBER_MAX), *to = start;
	uint64_t u = v->huge ? v->u : (uint64_t)v->i;

	if (!start)
		return;
	if (!v->huge && v->i < 0) {
		*to++ = '-';
		u = -u;
	}
	to = uint_text(to, u);
	b->n += (size_t)(to - start);
}

static void
put_float(struct buf *b, double f)
{
	char *to = buf_reserve(b, FLOAT_TEXT_MAX);

	if (to)
		b->n += float_text(f, to);
}

void
text_put_field(struct buf *b, const struct column *c, const struct value *v, int64_t offset)
{
	switch (v->type) {
	case VALUE_NULL:
		buf_put(b, "\\N", 2);
		break;
	case VALUE_INT:
		put_integer(b, v);
		break;
	case VALUE_FLOAT:
		put_float(b, v->f);
		break;
	case VALUE_DECIMAL:
		buf_put_slice(b, v->s);
		break;
	case VALUE_TEXT:
		put_text(b, v->s);
		break;
	case VALUE_BYTES:
		if (c->kind == COLUMN_UUID)
			text_put_uuid(b, v->s);
		else
			put_hex(b, v->s);
		break;
	case VALUE_DATETIME:
		if (c->kind == COLUMN_TIME)
			text_put_clock(b, v->i);
		else
			text_put_time(b, v, offset);
		break;
	default:
		text_put_time(b, v, offset);
		break;
	}
}

/* The quote is doubled, which every sql_mode takes for one; all other bytes may be in a literal. */
static void
put_quoted(struct buf *b, struct slice s, bool backslashes)
{
	buf_put_byte(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'' || (backslashes && s.p[i] == '\\'))
			buf_put_byte(b, s.p[i]);
		buf_put_byte(b, s.p[i]);
	}
	buf_put_byte(b, '\'');
}

void
text_put_literal(struct buf *b, const struct value *v, int64_t offset, bool backslashes)
{
	char number[FLOAT_TEXT_MAX];
	size_t n;

	switch (v->type) {
	case VALUE_NULL:
		buf_put_text(b, "NULL");
		break;
	case VALUE_INT:
		put_integer(b, v);
		break;
	case VALUE_FLOAT:
		/* Without an exponent it would be a DECIMAL. */
		n = float_text(v->f, number);
		buf_put(b, number, n);
		buf_put_text(b, memchr(number, 'e', n) ? "" : "e0");
		break;
	case VALUE_DECIMAL:
		buf_put_slice(b, v->s);
		break;
	case VALUE_TEXT:
		put_quoted(b, v->s, backslashes);
		break;
	case VALUE_BYTES:
		buf_put_text(b, "X'");
		put_hex(b, v->s);
		buf_put_byte(b, '\'');
		break;
	default:
		buf_put_byte(b, '\'');
		text_put_time(b, v, offset);
		buf_put_byte(b, '\'');
		break;
	}
}
