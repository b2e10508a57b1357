/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_WAIT_HEADER_H
#define COMMON_WEB_WAIT_HEADER_H

#include "common/record/json_path.h"

/*
 * What the headers of an answer say about the time of the next request. Waits are
 * milliseconds; `now` is the wall clock in milliseconds since 1970, in UTC.
 */

enum wait_unit {
	WAIT_SECONDS,
	WAIT_MILLISECONDS,
	WAIT_MINUTES,
	WAIT_UNTIL_SECONDS, /* a time: since 1970 in UTC */
	WAIT_UNTIL_MILLISECONDS,
	WAIT_UNTIL_DATE, /* of HTTP (RFC 9110, 5.6.7) or of ISO 8601 with an offset */
};

/* A number or time in a header: the value itself, or at a path in JSON. */
struct wait_header {
	char *name;
	struct json_path path; /* n == 0: the value itself */
	enum wait_unit unit;
};

/*
 * NAME[:PATH][:UNIT]. UNIT is seconds (the default), ms or minutes; with until s (the
 * default), ms or date. PATH may contain "{FIELD}" for every member of an object. NULL,
 * or the fault (a static text).
 */
const char *wait_header_parse(struct wait_header *w, struct slice text, bool until);
void wait_header_free(struct wait_header *w);

/*
 * The longest wait that the header lines ask for, 0 for a time that has passed; -1 if
 * there is no such header, or no readable number in it.
 */
int64_t wait_header_read(const struct wait_header *w, struct slice lines, int64_t now);

/*
 * The value of Retry-After: seconds (RFC 9110, 10.2.3), also with a fraction, or a date.
 * A number above 10^9 is the time itself, as some servers send it: seconds since 1970, or
 * milliseconds above 10^12. -1 if it is none of these.
 */
int64_t wait_retry_after(struct slice value, int64_t now);

/* The time of an HTTP date, all three forms, or an ISO 8601 timestamp; false if it is none. */
bool wait_date(struct slice text, int64_t *milliseconds);

/* A limit to stay away from: NAME[:PATH]=N[ DURATION]. */
struct wait_threshold {
	struct wait_header header;
	struct buf limit; /* a decimal */
	bool above;       /* pause above the limit; else below it */
	int64_t pause;    /* at least; -1: not given */
};

const char *wait_threshold_parse(struct wait_threshold *t, struct slice text, bool above);
void wait_threshold_free(struct wait_threshold *t);

/* Whether a value in the header lines is beyond the limit; it is appended to *value as text. */
bool wait_threshold_passed(const struct wait_threshold *t, struct slice lines, struct buf *value);

#endif
