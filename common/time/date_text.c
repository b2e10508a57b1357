/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/text/ascii.h"
#include "common/time/date_text.h"
#include "common/time/iso.h"

/* One directive, or one character that is written as it is. */
struct directive {
	char letter;   /* 0: none; the character is literal */
	char modifier; /* '-', ':' or 0 */
	char literal;
};

/* Reads the next one and moves *p past it. A lone "%" at the end has the letter '\n', which no directive has. */
static struct directive
take(const char **p, const char *end)
{
	struct directive d = {.literal = *(*p)++};
	if (d.literal != '%')
		return d;
	if (*p < end && (**p == '-' || **p == ':'))
		d.modifier = *(*p)++;
	d.letter = *p < end && **p ? *(*p)++ : '\n';
	return d;
}

const char *
date_format_wrong(struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	while (p < end) {
		struct directive d = take(&p, end);
		const char *letters = d.modifier == '-'   ? "mdHMS"
				      : d.modifier == ':' ? "z"
							  : "YmdHMSFTsQz%";
		if (d.letter && !strchr(letters, d.letter))
			return "a date format knows %Y %m %d %H %M %S %F %T %s %Q %z %:z %% and "
			       "%-m %-d %-H %-M %-S";
	}
	return NULL;
}

bool
date_format_needs_zone(struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	while (p < end) {
		struct directive d = take(&p, end);
		if (d.letter && strchr("sQz", d.letter))
			return true;
	}
	return false;
}

bool
date_format_is_number(struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	bool first = true;
	while (p < end) {
		struct directive d = take(&p, end);
		bool digit = !d.letter && is_digit(d.literal);
		bool alone = first && p == end;
		if (!digit && !(d.letter && strchr("YmdHMSsQ", d.letter)))
			return false;
		/* Epochs may be negative and hours zero, so these are whole numbers only by themselves. */
		if (d.letter && strchr("sQ", d.letter) && !alone)
			return false;
		bool may_begin = d.letter == 'Y' || (digit && d.literal != '0') ||
				 (d.modifier == '-' && strchr("md", d.letter));
		if (first && !may_begin &&
		    !(alone && (d.modifier || digit || d.letter == 's' || d.letter == 'Q')))
			return false;
		first = false;
	}
	return !first;
}

static void
put_offset(struct buf *b, const struct date_parts *m, bool colon)
{
	int64_t east = m->days * 86400 + m->second - m->utc;
	int64_t minutes = (east < 0 ? -east : east) / 60;
	buf_printf(b, "%c%02" PRId64 "%s%02" PRId64, east < 0 ? '-' : '+', minutes / 60,
	    colon ? ":" : "", minutes % 60);
}

static void
put_directive(struct buf *b, const struct date_parts *m, struct directive d)
{
	int64_t year;
	unsigned month, day;
	iso_civil(m->days, &year, &month, &day);
	int64_t number = d.letter == 'm'   ? (int64_t)month
			 : d.letter == 'd' ? (int64_t)day
			 : d.letter == 'H' ? m->second / 3600
			 : d.letter == 'M' ? m->second / 60 % 60
					   : m->second % 60;
	switch (d.letter) {
	case 'F':
		date_put_format(b, m, SLICE("%Y-%m-%d"));
		break;
	case 'T':
		date_put_format(b, m, SLICE("%H:%M:%S"));
		break;
	case 'Y':
		buf_printf(b, "%04" PRId64, year);
		break;
	case 's':
		buf_printf(b, "%" PRId64, m->utc);
		break;
	case 'Q':
		buf_printf(b, "%" PRId64, m->utc * 1000 + m->millisecond);
		break;
	case 'z':
		put_offset(b, m, d.modifier);
		break;
	case '%':
		buf_put_byte(b, '%');
		break;
	default:
		buf_printf(b, d.modifier ? "%" PRId64 : "%02" PRId64, number);
	}
}

void
date_put_format(struct buf *b, const struct date_parts *m, struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	while (p < end) {
		struct directive d = take(&p, end);
		if (d.letter)
			put_directive(b, m, d);
		else
			buf_put_byte(b, d.literal);
	}
}
