/* SPDX-License-Identifier: MIT */
/* date, datetime and timestamp. Nothing is guessed: a zone and a loss have to be asked for. */
#include <inttypes.h>
#include <stdio.h>

#include "common/program/message.h"
#include "common/record/number.h"
#include "common/record/record.h"
#include "common/time/iso.h"
#include "common/time/time_parse.h"
#include "stages/normalize/convert.h"

enum { DAY = 86400, MILLION = 1000000, BILLION = 1000000000 };

/* A time as it was spelled: on a wall clock (days, second), or an instant (utc). */
struct when {
	bool instant;
	bool has_time;
	int64_t days;   /* since 1970-01-01 on the wall clock */
	int64_t second; /* of that day */
	int64_t utc;
	uint32_t nanosecond;
	bool rounded; /* there was more, in a serial number */
};

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
set_wall(struct when *w, int64_t seconds, uint32_t nanosecond)
{
	w->instant = false;
	w->has_time = true;
	w->days = floor_divide(seconds, DAY);
	w->second = seconds - w->days * DAY;
	w->nanosecond = nanosecond;
}

static void
set_instant(struct when *w, int64_t utc, uint32_t nanosecond)
{
	*w = (struct when){.instant = true, .has_time = true, .utc = utc, .nanosecond = nanosecond};
}

static void
set_datetime(struct when *w, int64_t microseconds)
{
	int64_t rest = microseconds % MILLION;
	rest += rest < 0 ? MILLION : 0;
	set_wall(w, floor_divide(microseconds, MILLION), (uint32_t)rest * 1000);
}

static bool
read_format(const struct spec *s, struct slice text, struct when *w)
{
	struct time_parts m;
	if (!time_parse(text, s->compiled, &m))
		return false;
	if (m.has_offset) {
		set_instant(w, m.days * DAY + m.second - m.offset, m.nanosecond);
		return true;
	}
	/* A format without a time of day means midnight. */
	*w = (struct when){
	    .has_time = true, .days = m.days, .second = m.second, .nanosecond = m.nanosecond};
	return true;
}

static bool
read_iso(enum value_type type, struct slice text, struct when *w)
{
	int64_t n;
	uint32_t nanosecond = 0;
	if (type == VALUE_DATE && iso_read_date(text, &n)) {
		*w = (struct when){.days = n};
		return true;
	}
	if (iso_read_timestamp(text, &n, &nanosecond)) {
		set_instant(w, n, nanosecond);
		return true;
	}
	if (!iso_read_wall(text, &n, &nanosecond))
		return false;
	set_wall(w, n, nanosecond);
	return true;
}

static bool
not_by_format(const struct spec *s, struct reject_reason *why)
{
	why->rule = "format";
	int n = (int)(s->format.n < 80 ? s->format.n : 80);
	snprintf(why->text, sizeof why->text, "is not a %s by format=%.*s",
	    value_type_name(s->type), n, s->format.p);
	return false;
}

static bool
read_excel(struct spec *s, struct slice text, struct when *w, struct reject_reason *why)
{
	static struct buf scratch;
	struct excel_time time;
	enum excel_result result = excel_read(text, &s->excel, &scratch, &time);
	buf_check(&scratch, "a serial number", NULL);
	switch (result) {
	case EXCEL_READ:
		*w = (struct when){.has_time = true,
		    .days = time.days,
		    .second = time.second,
		    .nanosecond = time.nanosecond,
		    .rounded = time.rounded};
		return true;
	case EXCEL_LEAP_DAY:
		return reason(why, "format", "is 1900-02-29 in Excel, a day that did not exist");
	case EXCEL_INEXACT:
		why->rule = "scale";
		snprintf(why->text, sizeof why->text,
		    "has more than %u digits of a second (round= would allow it)", s->excel.scale);
		return false;
	case EXCEL_NOT_A_SERIAL:
		break;
	}
	return not_by_format(s, why);
}

/* The value by format=: text, or the digits of a number; p NULL for anything else. */
static struct slice
text_or_digits(const struct value *v, struct slice text)
{
	static struct buf digits;
	if (v->type == VALUE_DECIMAL)
		return v->s;
	if (v->type != VALUE_INT && (v->type != VALUE_FLOAT || !number_is_finite(v->f)))
		return text;
	buf_reset(&digits);
	if (v->type == VALUE_INT)
		number_put_integer(&digits, v);
	else
		number_put_float(&digits, v->f);
	return buf_slice(&digits);
}

static bool
read_text(struct spec *s, const struct value *v, struct slice text, struct when *w,
    struct reject_reason *why)
{
	if (!s->format.p) {
		if (text.p && read_iso(s->type, text, w))
			return true;
		reason_type(why, s->type);
		if (text.p)
			snprintf(why->text + strlen(why->text),
			    sizeof why->text - strlen(why->text),
			    " in ISO 8601 (format= tells another spelling)");
		return false;
	}
	text = text_or_digits(v, text);
	if (!text.p)
		return not_by_format(s, why);
	if (s->is_excel)
		return read_excel(s, text, w, why);
	return read_format(s, text, w) || not_by_format(s, why);
}

/*
 * {"year": 2026, "month": 11, "day": 1}, a date without a format in several APIs. Any
 * other member could be a time of day or a zone, so it is a reject, also under round=down.
 */
static bool
read_parts(const struct value *v, struct when *w, struct reject_reason *why)
{
	static const char *const names[] = {"year", "month", "day"};
	int64_t part[3];
	struct value member;
	struct mp_token map;
	reason_type(why, VALUE_DATE);
	for (size_t i = 0; i < 3; i++) {
		if (!value_get_path(v, slice_of(names[i]), &member) || member.type != VALUE_INT ||
		    member.huge)
			return false;
		part[i] = member.i;
	}
	if (!mp_read(v->raw.p, v->raw.p + v->raw.n, &map) || map.type != MP_MAP)
		return false;
	if (map.n != 3)
		return reason(why, "date", "has other members than year, month and day");
	if (part[0] < 1 || part[0] > 9999 || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
	    part[2] > iso_month_days(part[0], (unsigned)part[1]))
		return false;
	*w = (struct when){.days = iso_days(part[0], (unsigned)part[1], (unsigned)part[2])};
	return true;
}

static bool
read_when(struct spec *s, const struct value *v, struct slice text, struct when *w,
    struct reject_reason *why)
{
	switch (v->type) {
	case VALUE_TEXT:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		return read_text(s, v, text, w, why);
	case VALUE_DATE:
		*w = (struct when){.days = v->i};
		return true;
	case VALUE_DATETIME:
		set_datetime(w, v->i);
		return true;
	case VALUE_TIMESTAMP:
		set_instant(w, v->at.seconds, v->at.nanoseconds);
		return true;
	case VALUE_JSON:
		if (s->type == VALUE_DATE)
			return read_parts(v, w, why);
		return reason_type(why, s->type);
	default:
		return reason_type(why, s->type);
	}
}

/* The wall clock of the field's zone at an instant. */
static bool
to_wall(struct spec *s, struct when *w, struct reject_reason *why)
{
	if (!s->zone)
		return reason(why, "zone", "is an instant: zone= has to say on which clock");
	int64_t limit = INT64_MAX / MILLION - 2 * DAY;
	if (w->utc > limit || w->utc < -limit)
		return reason_type(why, s->type);
	set_wall(w, w->utc + zone_offset(s->zone, w->utc), w->nanosecond);
	s->changed[RULE_ZONE]++;
	return true;
}

static bool
to_instant(struct spec *s, struct when *w, struct reject_reason *why)
{
	if (!w->has_time)
		return reason_type(why, VALUE_TIMESTAMP);
	if (!s->zone)
		return reason(why, "zone", "is on a wall clock: zone= has to say on which one");
	int64_t earlier = 0, later = 0;
	switch (zone_instants(s->zone, w->days * DAY + w->second, &earlier, &later)) {
	case ZONE_ONCE:
		break;
	case ZONE_NEVER:
		return reason(why, "zone", "never was: the clock of the zone was put over it");
	case ZONE_TWICE:
		if (s->pick == PICK_NONE)
			return reason(why, "zone",
			    "was twice: zone=NAME,earlier or zone=NAME,later "
			    "has to choose");
		break;
	}
	w->utc = s->pick == PICK_LATER ? later : earlier;
	s->changed[RULE_ZONE]++;
	return true;
}

static bool
put_date(struct spec *s, struct when *w, struct buf *out, struct reject_reason *why)
{
	if (w->instant && !to_wall(s, w, why))
		return false;
	if (w->second || w->nanosecond || w->rounded) {
		if (!s->has[RULE_ROUND])
			return reason(
			    why, "date", "has a time of day (round=down would leave it out)");
		s->changed[RULE_ROUND]++;
	}
	if (w->days < INT32_MIN || w->days > INT32_MAX)
		return reason_type(why, VALUE_DATE);
	value_put_date(out, (int32_t)w->days);
	return true;
}

static bool
put_datetime(struct spec *s, struct when *w, struct buf *out, struct reject_reason *why)
{
	if (w->instant && !to_wall(s, w, why))
		return false;
	if (!w->has_time)
		return reason_type(why, VALUE_DATETIME);
	s->changed[RULE_ROUND] += w->rounded;
	if (w->nanosecond % 1000) {
		if (s->round != ROUND_DOWN)
			return reason(why, "datetime",
			    "has less than microseconds (round=down would leave them out)");
		s->changed[RULE_ROUND]++;
	}
	value_put_datetime(out, (w->days * DAY + w->second) * MILLION + w->nanosecond / 1000);
	return true;
}

static bool
put_when(struct spec *s, struct when *w, struct buf *out, struct reject_reason *why)
{
	if (s->type == VALUE_DATE)
		return put_date(s, w, out, why);
	if (s->type == VALUE_DATETIME)
		return put_datetime(s, w, out, why);
	if (!w->instant && !to_instant(s, w, why))
		return false;
	s->changed[RULE_ROUND] += w->rounded;
	value_put_timestamp(out, w->utc, w->nanosecond);
	return true;
}

bool
convert_time(struct spec *s, const struct value *v, struct slice text, struct buf *out,
    struct reject_reason *why)
{
	struct when w = {0};
	if (v->type == s->type) {
		buf_put_slice(out, v->raw);
		return true;
	}
	return read_when(s, v, text, &w, why) && put_when(s, &w, out, why);
}
