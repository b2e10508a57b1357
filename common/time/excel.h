/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TIME_EXCEL_H
#define COMMON_TIME_EXCEL_H

#include "common/text/decimal.h"

/*
 * Dates and times as the serial numbers of Excel: days, with the time of day as a
 * fraction. 1 is 1900-01-01, and 60 is 1900-02-29, a day that never was; in the date
 * system of 1904, 0 is 1904-01-01. The last day is 9999-12-31 in both.
 */

enum excel_result {
	EXCEL_READ,
	EXCEL_NOT_A_SERIAL, /* not a number, or not a day from the first to the last */
	EXCEL_LEAP_DAY,     /* 1900-02-29 */
	EXCEL_INEXACT,      /* more digits of a second than wanted, and ROUND_NONE */
};

/* How a field reads serials. */
struct excel_format {
	bool since_1904;
	unsigned scale; /* digits of a second, at most 6 */
	enum decimal_round round;
};

struct excel_time {
	int64_t days;   /* since 1970-01-01 */
	int64_t second; /* of the day */
	uint32_t nanosecond;
	bool rounded; /* the serial has digits beyond it */
};

/*
 * Reads a serial in any spelling of decimal_parse, exactly. scratch is emptied
 * and used. If it has failed, memory ran out, and the result is undefined.
 */
enum excel_result excel_read(struct slice text, const struct excel_format *format,
    struct buf *scratch, struct excel_time *time);

#endif
