/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_HTTP_HEADER_H
#define COMMON_WEB_HTTP_HEADER_H

#include "common/text/bytes.h"

/* The header fields of an HTTP message (RFC 9110) as text. */

/*
 * Header lines "Name: value" with CRLF or LF after each. The next one from *at
 * on; false at the end. The value has no white space around it.
 */
bool header_next(struct slice lines, size_t *at, struct slice *name, struct slice *value);
/* The first header of this name (in any case); false if absent. */
bool header_find(struct slice lines, const char *name, struct slice *value);
/* name and text are equal without regard to ASCII case. */
bool header_is(struct slice name, const char *text);
/* The type of a Content-Type: "application/json" of "application/json; charset=utf-8". */
struct slice header_media_type(struct slice content_type);
/* application/json, text/json, anything with +json, and the like: application/x-amz-json-1.1. */
bool header_is_json(struct slice content_type);
/* The same for JSON Lines: one JSON text a line (application/x-ndjson and its like). */
bool header_is_json_lines(struct slice content_type);

/*
 * False if the lines have a Content-Length that is no number below 2^63, or two that differ (RFC 9112,
 * 6.3): nobody knows where such a body ends. One beside a Transfer-Encoding means nothing.
 */
bool header_length_is_clear(struct slice lines);
/*
 * The first coding in Content-Encoding or Transfer-Encoding that is none of gzip, x-gzip, deflate,
 * br, zstd, identity and chunked; false if there is none.
 */
bool header_unknown_coding(struct slice lines, struct slice *coding);

/* Appends seconds since 1970 as an HTTP date: "Wed, 22 Dec 2021 00:00:00 GMT". */
void header_put_date(struct buf *b, int64_t seconds);

/*
 * The URL of the first link with rel="next" in the lines' Link headers (RFC
 * 8288); false if absent.
 */
bool header_next_link(struct slice lines, struct slice *url);

#endif
