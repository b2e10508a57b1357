/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATE_CHECKS_H
#define COMMON_OPERATE_CHECKS_H

#include "common/program/message.h"

/*
 * The results of check-host(1) and check-target(1), on standard output: the Test Anything Protocol, or
 * one JSON object a line. Each result is written at once. These functions may end the process.
 */
enum check_result { CHECK_OK, CHECK_WARNED, CHECK_FAILED, CHECK_SKIPPED, CHECK_RESULTS };

/* The word of a result in JSON: "ok", "warned", "failed", "skipped"; and the reverse, false if it is none. */
const char *check_word(enum check_result r);
bool check_result_named(struct slice word, enum check_result *r);

struct check {
	enum check_result result;
	struct slice group;   /* "libraries" */
	struct slice subject; /* "load-pg"; a name, never a secret */
	struct slice detail;  /* what was seen; may be empty */
	struct slice next;    /* of a failure or a warning: what to do; may be empty */
};

/* JSON instead of TAP from now on. */
void checks_as_json(void);

void checks_put(const struct check *c);

/* The same with a detail as printf makes it. next: a static text or NULL. */
void check_put(enum check_result r, const char *group, const char *subject, const char *next,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* How many results there were so far. */
size_t checks_count(enum check_result r);

/* Writes the plan of TAP; the exit status: 0, 1 if a check failed, 2 if one has only warned. */
int checks_end(void);

#endif
