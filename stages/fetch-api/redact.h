/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FETCH_API_REDACT_H
#define STAGES_FETCH_API_REDACT_H

#include "common/text/bytes.h"

/*
 * Text that may be shown. A server may repeat the token that it was sent, so
 * every known secret is struck out of all foreign text.
 */

/*
 * The value is a secret from now on: as it is, in any spelling that spelling.h knows,
 * in base64, and percent-decoded. It is copied, for good.
 */
void redact_add(struct slice secret);

/*
 * What was made of secrets for the last requests of one task, each of which has a signature
 * of its own: more than one request has redirects.
 */
enum { SIGNATURES = 32 };
struct signatures {
	struct buf list[SIGNATURES];
	size_t n; /* so far */
};

/* A signature of the current task: a secret as it is. Its last ones are kept. */
void redact_add_derived(struct slice secret);

/* Text for a message, without quotes: secrets are "***", cut at 300 bytes. Static storage, four in turn. */
const char *redact(struct slice text);
/* Appends all of text, each byte as it is, with secrets as "***". */
void redact_put(struct buf *to, struct slice text);
/* The same of a URL, without user and query. */
const char *redact_url(struct slice url);
/* "record 7: ", or "records 7 to 9: ", with --each, else empty. Static storage. */
const char *record_prefix(void);

#endif
