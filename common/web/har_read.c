/* SPDX-License-Identifier: MIT */
#include "common/record/mp_path.h"
#include "common/web/har.h"

static bool
flag(struct slice map, const char *name, bool otherwise)
{
	struct mp_token t;
	return mp_member(map, name, &t) && t.type == MP_BOOL ? t.b : otherwise;
}

static int64_t
number(struct slice map, const char *name)
{
	struct mp_token t;
	return mp_member(map, name, &t) && t.type == MP_INT ? t.i : -1;
}

/* A member that is an object; empty if there is none. */
static struct slice
object(struct slice map, const char *name)
{
	struct mp_token t;
	struct slice value = mp_member_value(map, name);
	if (!value.n || !mp_read(value.p, value.p + value.n, &t) || t.type != MP_MAP)
		return (struct slice){0};
	return value;
}

static void
read_sent(struct har_played *p, struct slice request)
{
	struct slice data = object(request, "postData");
	p->has_sent = data.n > 0;
	if (!data.n)
		return;
	p->sent = mp_member_text(data, "text");
	p->sent_cut = flag(data, "_cut", false);
	int64_t size = number(request, "bodySize");
	p->sent_size = size < 0 ? p->sent.n : (uint64_t)size;
}

/* An archive of a browser has neither of our members, and leaves a body out that it forgot. */
static const char *
read_answer(struct har_played *p, struct slice response)
{
	struct mp_token t;
	struct slice content = object(response, "content");
	p->status = (long)number(response, "status");
	p->headers = mp_member_value(response, "headers");
	p->body = mp_member_text(content, "text");
	p->body_base64 = slice_is(mp_member_text(content, "encoding"), "base64");
	p->body_cut = flag(content, "_cut", false);
	p->body_missing = !mp_member(content, "text", &t) && number(content, "size") > 0;
	p->why = mp_member_text(response, "_error");
	if (p->status < 0 || p->status > 999)
		return "response.status is not a status";
	if (!p->headers.n || !mp_read(p->headers.p, p->headers.p + p->headers.n, &t) ||
	    t.type != MP_ARRAY)
		return "response.headers is not an array";
	return NULL;
}

static enum har_result
result_of(struct slice entry, long status)
{
	struct slice word = mp_member_text(entry, "_result");
	if (slice_is(word, "stopped"))
		return HAR_STOPPED;
	if (slice_is(word, "refused"))
		return HAR_REFUSED;
	return slice_is(word, "failed") || !status ? HAR_FAILED : HAR_ANSWERED;
}

const char *
har_read(struct har_played *p, struct slice entry)
{
	struct mp_token t;
	*p = (struct har_played){0};
	if (!mp_read(entry.p, entry.p + entry.n, &t) || t.type != MP_MAP)
		return "it is not an object";
	struct slice request = object(entry, "request"), response = object(entry, "response");
	if (!request.n || !response.n)
		return "it has no request or no response";
	p->step = mp_member_text(entry, "_step");
	p->method = mp_member_text(request, "method");
	p->url = mp_member_text(request, "url");
	if (!p->method.n || !p->url.n)
		return "its request has no method or no url";
	read_sent(p, request);
	const char *wrong = read_answer(p, response);
	if (wrong)
		return wrong;
	p->result = result_of(entry, p->status);
	p->framed = flag(entry, "_framed", true);
	p->is_private = flag(entry, "_private", false);
	return NULL;
}

void
har_put_headers(struct buf *b, struct slice headers)
{
	struct mp_token t;
	const char *end = headers.p + headers.n, *at = mp_read(headers.p, end, &t);
	for (size_t n = at && t.type == MP_ARRAY ? t.n : 0; n; n--) {
		struct slice one = {at, (size_t)(mp_skip(at, end) - at)};
		at += one.n;
		if (!mp_read(one.p, one.p + one.n, &t) || t.type != MP_MAP)
			continue;
		buf_put_slice(b, mp_member_text(one, "name"));
		buf_put_text(b, ": ");
		buf_put_slice(b, mp_member_text(one, "value"));
		buf_put_text(b, "\r\n");
	}
}

bool
har_like(struct slice pattern, struct slice text)
{
	static const struct slice any = {"***", 3};
	size_t i = 0, k = 0, mark = 0, back = 0;
	bool seen = false;
	while (k < text.n) {
		if (pattern.n - i >= any.n && memcmp(pattern.p + i, any.p, any.n) == 0) {
			seen = true;
			i += any.n;
			mark = i;
			back = k;
		} else if (i < pattern.n && pattern.p[i] == text.p[k]) {
			i++;
			k++;
		} else if (seen) {
			i = mark;
			k = ++back;
		} else {
			return false;
		}
	}
	while (pattern.n - i >= any.n && memcmp(pattern.p + i, any.p, any.n) == 0)
		i += any.n;
	return i == pattern.n;
}
