/* SPDX-License-Identifier: MIT */
#include "stages/infer/times.h"
#include "common/program/message.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"
#include "common/time/time_parse.h"

enum { TEXT_MIN = 6, TEXT_MAX = 64, FORMAT_MAX = 64, DATETIME_DIGITS = 6 };

enum date_kind { DATE_WHOLE, DATE_DAY_FIRST, DATE_MONTH_FIRST, DATE_MONTH_ONLY, DATE_SHORT_YEAR };

/* In the order in which they are preferred. The 32 of them are bits of times.dates. */
static const struct date_format {
	const char *format;
	enum date_kind kind;
} dates[] = {
    {"%Y-%m-%d", DATE_WHOLE},
    {"%Y/%m/%d", DATE_WHOLE},
    {"%Y.%m.%d", DATE_WHOLE},
    {"%Y年%m月%d日", DATE_WHOLE},
    {"%d/%m/%Y", DATE_DAY_FIRST},
    {"%m/%d/%Y", DATE_MONTH_FIRST},
    {"%d-%m-%Y", DATE_DAY_FIRST},
    {"%m-%d-%Y", DATE_MONTH_FIRST},
    {"%d.%m.%Y", DATE_DAY_FIRST},
    {"%m.%d.%Y", DATE_MONTH_FIRST},
    {"%d %b %Y", DATE_WHOLE},
    {"%d-%b-%Y", DATE_WHOLE},
    {"%d/%b/%Y", DATE_WHOLE},
    {"%b %d, %Y", DATE_WHOLE},
    {"%b %d %Y", DATE_WHOLE},
    {"%a, %d %b %Y", DATE_WHOLE},
    {"%a, %b %d, %Y", DATE_WHOLE},
    {"%G-W%V", DATE_WHOLE},
    {"%G-W%V-%u", DATE_WHOLE},
    {"%Y%m%d", DATE_WHOLE},
    {"%y/%m/%d", DATE_SHORT_YEAR},
    {"%d/%m/%y", DATE_SHORT_YEAR},
    {"%m/%d/%y", DATE_SHORT_YEAR},
    {"%y-%m-%d", DATE_SHORT_YEAR},
    {"%d-%m-%y", DATE_SHORT_YEAR},
    {"%d.%m.%y", DATE_SHORT_YEAR},
    {"%d-%b-%y", DATE_SHORT_YEAR},
    {"%Y-%m", DATE_MONTH_ONLY},
    {"%Y/%m", DATE_MONTH_ONLY},
    {"%Y年%m月", DATE_MONTH_ONLY},
    {"%b %Y", DATE_MONTH_ONLY},
    {"%Y-%j", DATE_WHOLE},
};
enum { DATES = sizeof dates / sizeof dates[0] };

static const char *const hours[] = {"%H:%M:%S", "%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p",
    "%I:%M:%S%p", "%I:%M%p", "%H:%M:%S%z", "%H:%M:%S%.f%z", "%H:%M:%S %z", "%H:%M:%S%.f %z",
    "%H:%M%z", "%H:%M %z", "%H:%M:%S %Z", "%H:%M:%S%.f %Z", "%H:%M %Z"};
enum { HOURS = sizeof hours / sizeof hours[0], FIRST_ZONED = 7 };

static const char DAY_BEFORE[] = "2000-01-01 ";

/* Compiled when first used. */
static struct time_format date_formats[DATES], hour_formats[HOURS];
static bool ready;

static void
compile(struct time_format *to, const char *format, enum date_kind kind)
{
	const struct time_options options = {.century = kind == DATE_SHORT_YEAR ? 2000 : 0,
	    .day = kind == DATE_MONTH_ONLY ? TIME_DAY_FIRST : TIME_DAY_GIVEN};
	const char *wrong = time_compile(slice_of(format), &options, to);
	if (wrong)
		die(STATUS_BUG, "the format %s: %s", format, wrong);
}

static void
compile_all(void)
{
	for (size_t i = 0; i < DATES; i++)
		compile(&date_formats[i], dates[i].format, dates[i].kind);
	for (size_t i = 0; i < HOURS; i++) {
		struct buf b = {0};
		buf_printf(&b, "%%Y-%%m-%%d %s", hours[i]);
		buf_put_byte(&b, '\0');
		buf_check(&b, "a format", NULL);
		compile(&hour_formats[i], b.p, DATE_WHOLE);
	}
	ready = true;
}

/* A text in its two parts. */
struct split {
	struct slice date, between, hour; /* hour.n 0: only a date */
};

/* False if the parts cannot be those of a time. */
static bool
split(struct slice text, struct split *s)
{
	const char *colon = memchr(text.p, ':', text.n);
	*s = (struct split){.date = text};
	if (!colon)
		return true;
	const char *hour = colon;
	while (hour > text.p && is_digit(hour[-1]))
		hour--;
	const char *end = hour;
	if (end > text.p + 1 && end[-1] == 'T' && is_digit(end[-2])) {
		end--;
	} else {
		while (end > text.p && end[-1] == ' ')
			end--;
		end -= end > text.p && end[-1] == ',';
	}
	s->date.n = (size_t)(end - text.p);
	s->between = (struct slice){end, (size_t)(hour - end)};
	s->hour = (struct slice){hour, text.n - (size_t)(hour - text.p)};
	return hour < colon && s->date.n && s->between.n &&
	       s->between.n < sizeof((struct times *)0)->between;
}

static uint32_t
date_bits(struct slice text, uint32_t among)
{
	struct time_parts parts;
	uint32_t fit = 0;
	for (size_t i = 0; i < DATES; i++)
		if ((among >> i & 1) && time_parse(text, &date_formats[i], &parts))
			fit |= (uint32_t)1 << i;
	return fit;
}

static uint32_t
hour_bits(struct slice text, uint32_t among)
{
	char dated[sizeof DAY_BEFORE + TEXT_MAX];
	struct time_parts parts;
	uint32_t fit = 0;
	size_t n = sizeof DAY_BEFORE - 1;
	memcpy(dated, DAY_BEFORE, n);
	memcpy(dated + n, text.p, text.n);
	for (size_t i = 0; i < HOURS; i++)
		if ((among >> i & 1) &&
		    time_parse((struct slice){dated, n + text.n}, &hour_formats[i], &parts))
			fit |= (uint32_t)1 << i;
	return fit;
}

/* By the readers that normalize has for text without format=. */
static bool
is_iso(struct slice text, bool has_time, bool *instant)
{
	int64_t n;
	uint32_t nanosecond;
	*instant = false;
	if (!has_time)
		return iso_read_date(text, &n);
	if (iso_read_wall(text, &n, &nanosecond))
		return true;
	*instant = true;
	return iso_read_timestamp(text, &n, &nanosecond);
}

/* 13:00:00.1234567: a datetime has six digits. */
static bool
has_nanoseconds(struct slice hour)
{
	const char *point = memchr(hour.p, '.', hour.n);
	size_t digits = 0;
	bool any = false;
	for (const char *p = point; p && ++p < hour.p + hour.n && is_digit(*p);)
		any |= ++digits > DATETIME_DIGITS && *p != '0';
	return any;
}

bool
times_add(struct times *all, struct slice text, uint64_t record)
{
	struct split s;
	bool instant = false;
	if (!ready)
		compile_all();
	if (text.n < TEXT_MIN || text.n > TEXT_MAX || !split(text, &s))
		return false;
	bool begun = all->any.n > 0, has_time = s.hour.n > 0;
	if (begun && (has_time != all->has_time || !slice_is(s.between, all->between)))
		return false;
	bool iso = (!begun || all->iso) && is_iso(text, has_time, &instant) &&
		   (!begun || instant == all->has_instant);
	uint32_t date = date_bits(s.date, begun ? all->dates : UINT32_MAX);
	uint32_t hour = has_time ? hour_bits(s.hour, begun ? all->hours : UINT32_MAX) : 0;
	bool fits = date && (hour || !has_time);
	if (!iso && !fits)
		return false;
	if (!begun) {
		all->has_time = has_time;
		all->has_instant = iso && instant;
		memcpy(all->between, s.between.p ? s.between.p : "", s.between.n);
	}
	all->iso = iso;
	all->dates = fits ? date : 0;
	all->hours = fits ? hour : 0;
	evidence_add(&all->any, text, record);
	if (has_time && has_nanoseconds(s.hour))
		evidence_add(&all->nanoseconds, text, record);
	return true;
}

static size_t
first_bit(uint32_t bits)
{
	size_t i = 0;
	while (!(bits >> i & 1))
		i++;
	return i;
}

static bool
has_kind(const struct times *all, enum date_kind kind)
{
	for (size_t i = 0; i < DATES; i++)
		if ((all->dates >> i & 1) && dates[i].kind == kind)
			return true;
	return false;
}

enum value_type
times_decide(const struct times *all, struct buf *format, struct buf *reason)
{
	bool zoned = all->has_instant;
	if (!all->iso) {
		const struct date_format *date = &dates[first_bit(all->dates)];
		size_t hour = all->has_time ? first_bit(all->hours) : 0;
		zoned = all->has_time && hour >= FIRST_ZONED;
		buf_printf(
		    format, "%s%s%s", date->format, all->between, all->has_time ? hours[hour] : "");
		if (date->kind == DATE_SHORT_YEAR)
			buf_printf(reason,
			    "two-digit years, and no century: format=... with century=, as %s",
			    evidence_text(&all->any));
		else if (date->kind == DATE_MONTH_ONLY)
			buf_printf(reason,
			    "months without a day: date;format=%.*s with day=first or day=last",
			    (int)format->n, format->p);
		else if (has_kind(all, DATE_DAY_FIRST) && has_kind(all, DATE_MONTH_FIRST))
			buf_printf(reason,
			    "day or month first, as %s: date or datetime with format=%s or "
			    "format=%s",
			    evidence_text(&all->any), dates[first_bit(all->dates)].format,
			    dates[first_bit(all->dates & (all->dates - 1))].format);
	}
	enum value_type type = zoned           ? VALUE_TIMESTAMP
			       : all->has_time ? VALUE_DATETIME
					       : VALUE_DATE;
	if (type == VALUE_DATETIME && all->nanoseconds.n && !reason->n)
		buf_printf(reason,
		    "a datetime holds microseconds, and %s has more: datetime;round=down cuts them",
		    evidence_text(&all->nanoseconds));
	return reason->n ? VALUE_TEXT : type;
}
