/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_API_REPORT_H
#define COMMON_WEB_API_REPORT_H

#include "common/text/bytes.h"

/*
 * Many APIs answer 200 and report the error in the body. Then an answer without records
 * is not "no data". This looks at the members of the top object:
 *
 *	API_REPORT_ERROR   error, errors and their like hold something; success or ok is false
 *	API_REPORT_CODE    a code with a message, a status or a fault that reads as a failure.
 *	                   It means an error only where the answer has no records either: a
 *	                   record may have such fields, too.
 *
 * Codes 0 and 200 to 299 and words like "ok" and "success" are not errors, also inside of
 * an error object: {"error":{"code":"ok","message":""}}. At the top, 1 is not one either.
 */
enum api_report { API_REPORT_NOTHING, API_REPORT_CODE, API_REPORT_ERROR };

/*
 * body is a whole measured msgpack value. *name is the member that reports it and points
 * into body. API_REPORT_NOTHING when body is not an object.
 */
enum api_report api_report_find(struct slice body, struct slice *name);

/* Whether a code or text, as api_error.h finds them, names a success: "", "0", "OK", "success". */
bool api_report_is_success(struct slice text);

#endif
