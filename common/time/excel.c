/* SPDX-License-Identifier: MIT */
#include "common/time/excel.h"
#include "common/time/iso.h"

enum {
	DAY_SECONDS = 86400,
	LEAP_DAY = 60,
	LAST_1900 = 2958465, /* 9999-12-31 */
	LAST_1904 = 2957003,
	SCRATCH = 4 * (DECIMAL_DIGITS_MAX + 16), /* for four decimals, so that none of them moves */
};

/*
 * Appends the fraction's digits times 86400, the seconds of a day, as a decimal: times
 * 864 digit by digit, then the point two places to the right.
 */
static bool
put_seconds(struct slice fraction, struct buf *scratch, struct slice *seconds)
{
	char *product = buf_reserve(scratch, fraction.n + 4);
	unsigned carry = 0;
	if (!product)
		return false;
	for (size_t i = fraction.n; i-- > 0;) {
		unsigned digit = (unsigned)(fraction.p[i] - '0') * 864 + carry;
		product[i + 4] = (char)('0' + digit % 10);
		carry = digit / 10;
	}
	product[3] = '.';
	for (size_t i = 3; i-- > 0; carry /= 10)
		product[i] = (char)('0' + carry % 10);
	scratch->n += fraction.n + 4;
	seconds->p = scratch->p + scratch->n;
	size_t start = scratch->n;
	bool good = decimal_shift((struct slice){product, fraction.n + 4}, 2, scratch);
	seconds->n = scratch->n - start;
	return good;
}

/* The seconds, rounded, as second and nanosecond; a day that is full is the next one's midnight. */
static bool
take_seconds(struct slice seconds, const struct excel_format *format, struct buf *scratch,
    struct excel_time *time)
{
	size_t start = scratch->n;
	if (!decimal_rescale(seconds, format->scale, format->round, scratch, &time->rounded))
		return false;
	struct slice text = {scratch->p + start, scratch->n - start};
	const char *point = memchr(text.p, '.', text.n);
	struct slice whole = {text.p, point ? (size_t)(point - text.p) : text.n};
	if (!parse_integer(whole, 0, DAY_SECONDS, &time->second))
		return false;
	uint32_t unit = 100000000;
	for (size_t i = whole.n + 1; i < text.n; i++, unit /= 10)
		time->nanosecond += (uint32_t)(text.p[i] - '0') * unit;
	if (time->second == DAY_SECONDS) {
		time->second = 0;
		time->days++;
	}
	return true;
}

static enum excel_result
take_day(struct slice whole, bool since_1904, struct excel_time *time)
{
	int64_t n;
	if (!parse_integer(whole, since_1904 ? 0 : 1, since_1904 ? LAST_1904 : LAST_1900, &n))
		return EXCEL_NOT_A_SERIAL;
	if (!since_1904 && n == LEAP_DAY)
		return EXCEL_LEAP_DAY;
	time->days =
	    since_1904 ? iso_days(1904, 1, 1) + n : iso_days(1899, 12, 31) + n - (n > LEAP_DAY);
	return EXCEL_READ;
}

enum excel_result
excel_read(struct slice text, const struct excel_format *format, struct buf *scratch,
    struct excel_time *time)
{
	struct slice seconds = {0};
	buf_reset(scratch);
	*time = (struct excel_time){0};
	if (!buf_reserve(scratch, SCRATCH) || !decimal_parse(text, scratch))
		return EXCEL_NOT_A_SERIAL;
	struct slice serial = buf_slice(scratch), whole = serial;
	if (serial.p[0] == '-')
		return EXCEL_NOT_A_SERIAL;
	const char *point = memchr(serial.p, '.', serial.n);
	if (point)
		whole.n = (size_t)(point - serial.p);
	enum excel_result result = take_day(whole, format->since_1904, time);
	if (result != EXCEL_READ || !point)
		return result;
	struct slice fraction = {point + 1, serial.n - whole.n - 1};
	if (!put_seconds(fraction, scratch, &seconds))
		return EXCEL_NOT_A_SERIAL; /* a thousand digits */
	if (!take_seconds(seconds, format, scratch, time))
		return EXCEL_INEXACT;
	return time->days > iso_days(9999, 12, 31) ? EXCEL_NOT_A_SERIAL : EXCEL_READ;
}
