/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_API_ERROR_H
#define COMMON_WEB_API_ERROR_H

#include "common/text/bytes.h"

/*
 * The errors in an API's answer. Every API has its own envelope, but all known
 * ones are of one kind: the object that is the whole answer, or one in a member
 * called error, errors or the like at any depth, has a code, a message or both.
 * (Elements of an array that is the whole answer are records.)
 *
 * 	{"errors":[{"code":"0003","message":"…"}]}           Yahoo! JAPAN, X
 * 	{"error":{"code":4,"message":"…"}}                   Google, Meta
 * 	[{"error":{"code":400,"status":"INVALID_ARGUMENT"}}] Google, streamed
 * 	{"code":40100,"message":"…"}                         TikTok
 * 	{"error":"invalid_grant","error_description":"…"}    OAuth 2.0
 */
struct api_error {
	struct slice code; /* as text; n == 0: none */
	struct slice message;
};

enum { API_ERRORS_MAX = 16 };

struct api_errors {
	struct api_error list[API_ERRORS_MAX]; /* the first ones, outer before inner */
	size_t n;
	/* an error member has something in it: a code at the top alone may be one of success */
	bool inside;
	struct buf text; /* bytes of codes that are numbers; reused */
};

/* Looks through a whole measured msgpack value (or nothing), which the errors then point into. */
void api_errors_find(struct api_errors *e, struct slice body);

#endif
