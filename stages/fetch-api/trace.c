/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/program/secret.h"
#include "common/record/mp.h"
#include "common/web/har.h"
#include "common/web/http_header.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/request.h"
#include "stages/fetch-api/trace.h"
#include "stages/fetch-api/trace_file.h"

/* A secret that the limit of bodies would cut is struck out whole. */
enum { BEYOND = 4096 };

/* Values of these headers are secrets, or come from one. */
static bool
is_secret_header(struct slice name)
{
	return request_is_secret_name(name) || header_is(name, "set-cookie");
}

static void
put_lines(struct buf *b, struct slice lines)
{
	struct slice name, value;
	for (size_t at = 0; header_next(lines, &at, &name, &value);) {
		buf_put_slice(b, name);
		buf_put_text(b, ": ");
		if (is_secret_header(name))
			buf_put_text(b, "***");
		else
			redact_put(b, value);
		buf_put_text(b, "\r\n");
	}
}

/* The header lines of a request after its first line. */
static struct slice
after_first(struct slice sent)
{
	struct slice line;
	slice_take_line(&sent, &line);
	return sent;
}

/* The beginning of a body without secrets; whether it is less than the size says. */
static bool
put_body(struct buf *b, struct slice body, uint64_t size)
{
	size_t most = (size_t)config.trace_body;
	redact_put(b, body);
	bool cut = body.n < size || b->n > most;
	if (b->n > most)
		b->n = most;
	return cut;
}

/* access_token, refresh_token, id_token, client_secret, api_key, … */
static bool
names_secret(struct slice name)
{
	static const char *const words[] = {"token", "secret", "key", "password", NULL};
	if (slice_is(name, "token_type"))
		return false;
	for (size_t i = 0; words[i]; i++) {
		struct slice word = slice_of(words[i]);
		for (size_t k = 0; k + word.n <= name.n; k++)
			if (slice_equal_caseless((struct slice){name.p + k, word.n}, word))
				return true;
	}
	return false;
}

/* The tokens in an answer of a token URL are secrets from now on. False if it is not the JSON that such an answer is. */
static bool
learn_secrets(struct slice body)
{
	struct json_error error;
	struct buf map = {0};
	struct mp_token t, name, value;
	bool good = json_to_msgpack(body, JSON_DUPLICATES_LAST, &map, &error) && !map.failed;
	const char *end = map.p + map.n, *p = good ? mp_read(map.p, end, &t) : NULL;
	good = p && t.type == MP_MAP;
	for (size_t n = good ? t.n : 0; n; n--) {
		p = mp_read(p, end, &name);
		mp_read(p, end, &value);
		p = mp_skip(p, end);
		if (value.type == MP_STR && names_secret((struct slice){name.p, name.n}))
			redact_add((struct slice){value.p, value.n});
	}
	secret_wipe_buf(&map);
	return good;
}

/* "HTTP/1.1 200 OK": its first word, and the text after the second. */
static void
split_status(struct slice line, struct slice *version, struct slice *reason)
{
	line = slice_trim(line);
	const char *space = line.n ? memchr(line.p, ' ', line.n) : NULL;
	*version = (struct slice){line.p, space ? (size_t)(space - line.p) : line.n};
	*reason = (struct slice){line.p + line.n, 0};
	if (!space)
		return;
	struct slice rest = {space + 1, line.n - version->n - 1};
	space = memchr(rest.p, ' ', rest.n);
	if (space)
		*reason = (struct slice){space + 1, rest.n - (size_t)(space + 1 - rest.p)};
}

static struct slice
beginning(struct slice body)
{
	size_t most = (size_t)config.trace_body + BEYOND;
	return (struct slice){body.p, body.n < most ? body.n : most};
}

static void
see(void *context, const struct http_seen *seen)
{
	struct buf url = {0}, sent_headers = {0}, headers = {0}, sent = {0}, body = {0}, why = {0},
		   entry = {0};
	bool left_out = seen->request->holds_secrets && seen->result == HTTP_ANSWERED &&
			seen->body_size && !learn_secrets(seen->body);
	(void)context;
	redact_put(&url, slice_of(seen->url));
	put_lines(&sent_headers, after_first(seen->sent));
	put_lines(&headers, buf_slice(&seen->answer->headers));
	bool failed = seen->result == HTTP_FAILED || seen->result == HTTP_REFUSED;
	if (failed)
		redact_put(&why, buf_slice(&seen->answer->why));
	struct har_entry e = {
	    .started = seen->started,
	    .resolved = seen->resolved,
	    .connected = seen->connected,
	    .secured = seen->secured,
	    .ready = seen->ready,
	    .first = seen->first,
	    .total = seen->total,
	    .new_connection = seen->new_connection,
	    .step = slice_of(message_stage()),
	    .address = seen->address,
	    .port = seen->port,
	    .method = slice_of(seen->method),
	    .url = buf_slice(&url),
	    .sent_headers = buf_slice(&sent_headers),
	    .has_sent = seen->request->has_body,
	    .sent_size = seen->request->has_body ? seen->request->body.n : 0,
	    .status = seen->answer->status,
	    .headers = buf_slice(&headers),
	    .body_left_out = left_out,
	    .body_size = seen->body_size,
	    .received = seen->received,
	    .result = (enum har_result)seen->result,
	    .why = buf_slice(&why),
	    .framed = seen->framed,
	    .is_private = seen->is_private,
	};
	split_status(seen->status_line, &e.version, &e.reason);
	if (e.has_sent)
		e.sent_cut = put_body(&sent, beginning(seen->request->body), e.sent_size);
	if (!left_out)
		e.body_cut = put_body(&body, seen->body, seen->body_size);
	e.body_cut |= seen->result == HTTP_STOPPED;
	e.sent = buf_slice(&sent);
	e.body = buf_slice(&body);
	har_put_entry(&entry, &e);
	struct buf *all[] = {&url, &sent_headers, &headers, &sent, &body, &why, &entry, NULL};
	for (size_t i = 0; all[i]; i++)
		buf_check(all[i], "a trace", "trace-body");
	trace_file_append(buf_slice(&entry));
	for (size_t i = 0; all[i]; i++)
		buf_free(all[i]);
}

void
trace_init(struct http_tap *tap)
{
	const char *shared = getenv("MAM_TRACE");
	if (config.trace)
		trace_file_open(config.trace, false);
	else if (shared && *shared)
		trace_file_open(shared, true);
	else
		return;
	tap->see = see;
	tap->body_max = (size_t)config.trace_body + BEYOND;
}
