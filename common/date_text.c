/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/date_text.h"
#include "common/iso.h"

/* The letter of the directive at *p and whether a '-' stands before it; moves *p behind. 0 at the end of the text. */
static char
take_letter(const char **p, const char *end, bool *plain)
{
	*plain = *p < end && **p == '-';
	*p += *plain;
	return *p < end ? *(*p)++ : '\0';
}

const char *
date_format_wrong(struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	while (p < end) {
		bool plain;
		if (*p++ != '%')
			continue;
		char letter = take_letter(&p, end, &plain);
		if (!letter || !strchr(plain ? "mdHMS" : "YmdHMSFT%", letter))
			return "a date format knows %Y %m %d %H %M %S %F %T %% and %-m %-d %-H";
	}
	return NULL;
}

static void
put_directive(struct buf *b, int64_t days, int64_t second, char letter, bool plain)
{
	int64_t year;
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	int64_t number = letter == 'm'   ? (int64_t)month
			 : letter == 'd' ? (int64_t)day
			 : letter == 'H' ? second / 3600
			 : letter == 'M' ? second / 60 % 60
					 : second % 60;
	if (letter == 'Y')
		buf_printf(b, "%04" PRId64, year);
	else if (letter == '%')
		buf_put_byte(b, '%');
	else
		buf_printf(b, plain ? "%" PRId64 : "%02" PRId64, number);
}

void
date_put_format(struct buf *b, int64_t days, int64_t second, struct slice format)
{
	const char *p = format.p, *end = p + format.n;
	while (p < end) {
		bool plain;
		if (*p != '%') {
			buf_put_byte(b, *p++);
			continue;
		}
		p++;
		char letter = take_letter(&p, end, &plain);
		if (letter == 'F')
			date_put_format(b, days, second, SLICE("%Y-%m-%d"));
		else if (letter == 'T')
			date_put_format(b, days, second, SLICE("%H:%M:%S"));
		else
			put_directive(b, days, second, letter, plain);
	}
}
