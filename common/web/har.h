/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_HAR_H
#define COMMON_WEB_HAR_H

#include "common/text/bytes.h"

/*
 * HTTP archives (HAR 1.2), the files of requests and answers that the developer tools of browsers
 * read. A file is har_head, entries with ",\n" between them, har_tail; an entry is one line, so
 * that one can be appended in place of the tail. Members that begin with "_" are ours.
 */
extern const struct slice har_tail;
/* Appends the head of a file; creator and version are ASCII without quotes. */
void har_put_head(struct buf *b, const char *creator, const char *version);

enum har_result { HAR_ANSWERED, HAR_STOPPED, HAR_FAILED, HAR_REFUSED };

/* Texts have no secrets any more. Times are microseconds, 0: it did not come to that. */
struct har_entry {
	int64_t started; /* milliseconds since 1970 */
	int64_t resolved, connected, secured, ready, first, total;
	bool new_connection;
	struct slice step; /* of the batch; or empty */
	const char *address;
	long port;
	struct slice method, url, sent_headers; /* lines "Name: value" */
	bool has_sent;
	struct slice sent; /* the request's body, or its beginning */
	uint64_t sent_size;
	struct slice version, reason; /* "HTTP/1.1", "OK" */
	long status;                  /* 0: no answer */
	struct slice headers;
	struct slice body; /* or its beginning */
	bool body_left_out;
	uint64_t body_size; /* all of it */
	int64_t received;   /* bytes on the wire */
	bool sent_cut, body_cut;
	enum har_result result;
	struct slice why; /* of a failure */
	bool framed, is_private;
};

/* Appends the entry without a line end. Bytes that are not UTF-8 make a body base64, and are U+FFFD elsewhere. */
void har_put_entry(struct buf *b, const struct har_entry *e);

/* The parts of an entry that are needed to play it again. Slices point into the msgpack value, all but body of text. */
struct har_played {
	struct slice step, method, url;
	bool has_sent, sent_cut;
	struct slice sent;
	uint64_t sent_size;
	long status;
	struct slice headers; /* a msgpack array, for har_put_headers */
	struct slice body;
	bool body_base64, body_cut, body_missing;
	enum har_result result;
	struct slice why;
	bool framed, is_private;
};

/* Reads one element of log.entries, as msgpack. NULL, or the error (a static text). */
const char *har_read(struct har_played *p, struct slice entry);
/* Appends header lines with CRLF. */
void har_put_headers(struct buf *b, struct slice headers);

/* Whether text is like pattern, in which "***" is any text. */
bool har_like(struct slice pattern, struct slice text);

#endif
