/* SPDX-License-Identifier: MIT */
#ifndef BATCH_CHECK_TARGET_CHECK_TARGET_H
#define BATCH_CHECK_TARGET_CHECK_TARGET_H

#include "common/aws/aws.h"
#include "common/db/error.h"
#include "common/operate/checks.h"

/* The checks of each kind of target. Each reports its results and goes no further than its first failure. */

struct subject {
	const char *address;  /* as it was given */
	const char *shown;    /* without what may be a secret */
	const char *password; /* NULL: none was named */
	const char *cacert;   /* of https; NULL: the system's */
};

void check_postgresql(const struct subject *t);
void check_mysql(const struct subject *t);
void check_sqlite(const struct subject *t);
void check_web(const struct subject *t);
void check_aws(const struct subject *t);
void check_s3(const struct subject *t);

/* Reports an error of a database, with the next step that its status suggests. */
void report_db_error(const struct subject *t, const char *group, const struct db_error *e);

enum {
	SKEW_WARN = 10,  /* seconds that a clock may be wrong before it is reported */
	SKEW_FAIL = 240, /* services of AWS refuse signatures that are five minutes old */
};

/* Reports the difference to a clock elsewhere: its time minus ours, in seconds. whose: "the server's". */
void report_skew(
    const struct subject *t, const char *whose, int64_t seconds, enum check_result worst);

#endif
