/* SPDX-License-Identifier: MIT */
#include "common/sql/column_impl.h"
#include "common/time/iso.h"

static const int64_t day_end = 86400000000, hour = 3600000000; /* microseconds */

bool
column_fit_date(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	*out = (struct value){.type = VALUE_DATE, .i = in->i};
	if (in->type == VALUE_TEXT) {
		if (!iso_read_date(in->s, &out->i))
			return column_refuse(why, "date", "is not a date as YYYY-MM-DD");
	} else if (in->type != VALUE_DATE)
		return column_wrong_type(c, in, why);
	return (out->i >= c->low && out->i <= (int64_t)c->high) || column_out_of_range(c, why);
}

/* At most c->scale digits of the fraction may be other than 0. */
static bool
check_fraction(const struct column *c, int64_t microseconds, struct reject_reason *why)
{
	int64_t unit = 1;

	for (int i = c->scale; i < 6; i++)
		unit *= 10;
	return microseconds % unit == 0 ||
	       column_refuse(why, "scale", "has more than the %d fraction digits of %.*s", c->scale,
		   (int)c->type.n, c->type.p);
}

/* [-]HH:MM:SS[.ffffff] with two or three digits of hours. */
static bool
read_clock(struct slice s, int64_t *microseconds)
{
	char rest[] = "00:00:00.000000";
	bool negative = slice_take(&s, '-');
	int64_t hours = 0;
	size_t digits = 0;

	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9' && digits < 3)
		hours = hours * 10 + (s.p[digits++] - '0');
	if (digits < 2 || s.n - digits < 3 || s.n - digits > sizeof rest - 3)
		return false;
	memcpy(rest + 2, s.p + digits, s.n - digits);
	if (!iso_read_time((struct slice){rest, 2 + s.n - digits}, microseconds))
		return false;
	*microseconds += hours * hour;
	if (negative)
		*microseconds = -*microseconds;
	return true;
}

bool
column_fit_time(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	*out = (struct value){.type = VALUE_DATETIME};
	if (in->type != VALUE_TEXT)
		return column_wrong_type(c, in, why);
	if (!read_clock(in->s, &out->i))
		return column_refuse(why, "time", "is not a time as HH:MM:SS[.ffffff]");
	if (out->i < c->low || out->i > (c->high ? (int64_t)c->high : day_end - 1))
		return c->low < 0 ? column_out_of_range(c, why)
				  : column_refuse(why, "time",
					"is not a time of the day as HH:MM:SS[.ffffff]");
	return check_fraction(c, out->i, why);
}

bool
column_fit_datetime(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	*out = (struct value){.type = VALUE_DATETIME, .i = in->i};
	if (in->type == VALUE_TIMESTAMP)
		return column_refuse(why, "zone",
		    "is an instant, and a %.*s has no zone: normalize it to datetime with zone=",
		    (int)c->type.n, c->type.p);
	if (in->type == VALUE_TEXT) {
		if (!iso_read_datetime(in->s, &out->i))
			return column_refuse(why, "datetime",
			    "is not a date and time without zone as YYYY-MM-DDTHH:MM:SS[.ffffff]");
	} else if (in->type != VALUE_DATETIME)
		return column_wrong_type(c, in, why);
	if (out->i < c->low || out->i > (int64_t)c->high)
		return column_out_of_range(c, why);
	return check_fraction(c, out->i, why);
}

bool
column_fit_timestamp(
    const struct column *c, const struct value *in, struct value *out, struct reject_reason *why)
{
	enum { SECOND = 1000000 };
	int64_t seconds = 0;
	uint32_t nanoseconds = 0;

	if (in->type == VALUE_DATETIME)
		return column_refuse(why, "zone",
		    "has no zone, and a %.*s is an instant: normalize it to timestamp with zone=",
		    (int)c->type.n, c->type.p);
	if (in->type == VALUE_TEXT) {
		if (!iso_read_timestamp(in->s, &seconds, &nanoseconds))
			return column_refuse(why, "timestamp",
			    "is not an instant as YYYY-MM-DDTHH:MM:SS[.ffffff] with Z or +hh:mm");
	} else if (in->type == VALUE_TIMESTAMP) {
		seconds = in->at.seconds;
		nanoseconds = in->at.nanoseconds;
	} else
		return column_wrong_type(c, in, why);
	if (seconds > INT64_MAX / SECOND - 1 || seconds < INT64_MIN / SECOND + 1)
		return column_out_of_range(c, why);
	if (nanoseconds % 1000 != 0)
		return column_refuse(why, "scale", "has nanoseconds, which %.*s cannot hold",
		    (int)c->type.n, c->type.p);
	int64_t all = seconds * SECOND + nanoseconds / 1000;
	if (all < c->low || all > (int64_t)c->high)
		return column_out_of_range(c, why);
	*out = (struct value){.type = VALUE_TIMESTAMP};
	out->at.seconds = seconds;
	out->at.nanoseconds = nanoseconds;
	return check_fraction(c, all, why);
}
