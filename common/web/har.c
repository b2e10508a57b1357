/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/json/json_write.h"
#include "common/text/base64.h"
#include "common/text/utf8.h"
#include "common/text/utf8_repair.h"
#include "common/time/iso.h"
#include "common/web/har.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

const struct slice har_tail = {"\n]}}\n", 5};

static const char *const results[] = {"answered", "stopped", "failed", "refused"};

void
har_put_head(struct buf *b, const char *creator, const char *version)
{
	buf_printf(b,
	    "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"%s\",\"version\":\"%s\"},"
	    "\"pages\":[],\"entries\":[",
	    creator, version);
}

/* Text that should be UTF-8; other bytes are replaced. */
static void
put_text(struct buf *b, struct slice text)
{
	if (utf8_valid(text)) {
		json_write_text(b, text);
		return;
	}
	struct buf good = {0};
	while (text.n) {
		char *to = buf_reserve(&good, text.n + UTF8_REPLACEMENT_BYTES + 1);
		if (!to)
			break;
		struct utf8_repair step = utf8_repair(text, true, to, good.cap - good.n);
		good.n += step.made;
		text.p += step.used;
		text.n -= step.used;
	}
	json_write_text(b, buf_slice(&good));
	b->failed |= good.failed;
	buf_free(&good);
}

static void
put_member(struct buf *b, const char *name, struct slice text)
{
	buf_printf(b, ",\"%s\":", name);
	put_text(b, text);
}

static void
put_pair(struct buf *b, bool first, struct slice name, struct slice value)
{
	buf_put_text(b, first ? "{\"name\":" : ",{\"name\":");
	put_text(b, name);
	put_member(b, "value", value);
	buf_put_byte(b, '}');
}

static void
put_header_list(struct buf *b, struct slice lines)
{
	struct slice name, value;
	size_t at = 0, n = 0;
	buf_put_text(b, ",\"headers\":[");
	while (header_next(lines, &at, &name, &value))
		put_pair(b, !n++, name, value);
	buf_put_byte(b, ']');
}

/* The parameters of a URL, decoded. */
static void
put_query(struct buf *b, struct slice url)
{
	struct slice rest = url_query(url);
	size_t n = 0;
	buf_put_text(b, ",\"queryString\":[");
	while (rest.n) {
		const char *end = memchr(rest.p, '&', rest.n);
		struct slice pair = {rest.p, end ? (size_t)(end - rest.p) : rest.n};
		rest.p += pair.n + (end != NULL);
		rest.n -= pair.n + (end != NULL);
		if (!pair.n)
			continue;
		const char *equals = memchr(pair.p, '=', pair.n);
		size_t length = equals ? (size_t)(equals - pair.p) : pair.n;
		struct buf name = {0}, value = {0};
		url_put_decoded(&name, (struct slice){pair.p, length});
		if (equals)
			url_put_decoded(&value, (struct slice){equals + 1, pair.n - length - 1});
		put_pair(b, !n++, buf_slice(&name), buf_slice(&value));
		buf_free(&name);
		buf_free(&value);
	}
	buf_put_byte(b, ']');
}

/* A body that was cut may end within a character. */
static struct slice
whole_characters(struct slice s, bool cut)
{
	size_t bad = utf8_first_bad(s);
	if (cut && bad < s.n && s.n - bad < 4)
		s.n = bad;
	return s;
}

/* The text of a body, in base64 if it is not text; encoding is the member that says so. */
static void
put_body(struct buf *b, struct slice body, bool cut, const char *encoding)
{
	struct slice text = whole_characters(body, cut);
	if (utf8_valid(text) && (!text.n || !memchr(text.p, '\0', text.n))) {
		put_member(b, "text", text);
		return;
	}
	struct buf coded = {0};
	base64_put(&coded, body);
	put_member(b, "text", buf_slice(&coded));
	buf_printf(b, ",\"%s\":\"base64\"", encoding);
	b->failed |= coded.failed;
	buf_free(&coded);
}

static struct slice
type_of(struct slice headers)
{
	struct slice type;
	return header_find(headers, "Content-Type", &type) ? type : SLICE("x-unknown");
}

static void
put_request(struct buf *b, const struct har_entry *e)
{
	buf_put_text(b, ",\"request\":{\"method\":");
	put_text(b, e->method);
	put_member(b, "url", e->url);
	put_member(b, "httpVersion", e->version);
	buf_put_text(b, ",\"cookies\":[]");
	put_header_list(b, e->sent_headers);
	put_query(b, e->url);
	if (e->has_sent) {
		buf_put_text(b, ",\"postData\":{\"mimeType\":");
		put_text(b, type_of(e->sent_headers));
		buf_put_text(b, ",\"params\":[]");
		put_body(b, e->sent, e->sent_cut, "_encoding");
		if (e->sent_cut)
			buf_put_text(b, ",\"comment\":\"cut\",\"_cut\":true");
		buf_put_byte(b, '}');
	}
	buf_printf(b, ",\"headersSize\":-1,\"bodySize\":%" PRIu64 "}", e->sent_size);
}

static void
put_response(struct buf *b, const struct har_entry *e)
{
	struct slice location = {"", 0};
	header_find(e->headers, "Location", &location);
	buf_printf(b, ",\"response\":{\"status\":%ld", e->status);
	put_member(b, "statusText", e->reason);
	put_member(b, "httpVersion", e->version);
	buf_put_text(b, ",\"cookies\":[]");
	put_header_list(b, e->headers);
	buf_printf(b, ",\"content\":{\"size\":%" PRIu64 ",\"mimeType\":", e->body_size);
	put_text(b, type_of(e->headers));
	if (!e->body_left_out)
		put_body(b, e->body, e->body_cut, "encoding");
	if (e->body_cut || e->body_left_out)
		buf_printf(b, ",\"comment\":\"%s\",\"_cut\":true",
		    e->body_left_out ? "left out, as it may hold secrets" : "cut");
	buf_put_byte(b, '}');
	put_member(b, "redirectURL", location);
	buf_printf(b, ",\"headersSize\":-1,\"bodySize\":%" PRId64, e->status ? e->received : -1);
	if (e->why.n)
		put_member(b, "_error", e->why);
	buf_put_byte(b, '}');
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
put_time(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, "\"%s\":%" PRId64 ".%03" PRId64, name, us / 1000, us % 1000);
}

/* The sum of all but ssl, which is part of connect, is the time of the entry. */
static void
put_timings(struct buf *b, const struct har_entry *e)
{
	int64_t connected = later(e->connected, e->resolved);
	int64_t secured = later(e->secured, connected), ready = later(e->ready, secured);
	int64_t first = later(e->first, ready), total = later(e->total, first);
	bool failed = !e->ready && !e->first; /* before there was a connection */
	if (failed)
		secured = ready = first = total;
	buf_put_text(b, ",\"timings\":{\"blocked\":-1,");
	if (e->new_connection || failed) {
		put_time(b, "dns", e->resolved);
		buf_put_byte(b, ',');
		put_time(b, "connect", secured - e->resolved);
		buf_put_byte(b, ',');
		if (e->secured)
			put_time(b, "ssl", secured - connected);
		else
			buf_put_text(b, "\"ssl\":-1");
	} else {
		buf_put_text(b, "\"dns\":-1,\"connect\":-1,\"ssl\":-1");
		secured = 0;
	}
	buf_put_byte(b, ',');
	put_time(b, "send", ready - secured);
	buf_put_byte(b, ',');
	put_time(b, "wait", first - ready);
	buf_put_byte(b, ',');
	put_time(b, "receive", total - first);
	buf_put_byte(b, '}');
}

void
har_put_entry(struct buf *b, const struct har_entry *e)
{
	static const uint32_t million = 1000000;
	buf_put_text(b, "{\"startedDateTime\":\"");
	iso_put_timestamp(b, e->started / 1000, (uint32_t)(e->started % 1000) * million);
	buf_put_text(b, "\",");
	put_time(b, "time", e->total);
	put_request(b, e);
	put_response(b, e);
	buf_put_text(b, ",\"cache\":{}");
	put_timings(b, e);
	if (e->address && *e->address)
		put_member(b, "serverIPAddress", slice_of(e->address));
	if (e->port)
		buf_printf(b, ",\"connection\":\"%ld\"", e->port);
	put_member(b, "_step", e->step);
	buf_printf(b, ",\"_result\":\"%s\",\"_framed\":%s,\"_private\":%s}", results[e->result],
	    e->framed ? "true" : "false", e->is_private ? "true" : "false");
}
