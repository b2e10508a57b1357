/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/text/ascii.h"
#include "common/text/digest.h"
#include "common/time/iso.h"
#include "common/web/http_header.h"
#include "common/web/query.h"
#include "common/web/sigv4.h"
#include "common/web/url.h"

enum { DAY = 24 * 60 * 60, DATE = 8 };

struct pair {
	struct slice name, value;
	size_t at; /* order of the request, for headers that repeat */
};

/* 20150830T123600Z */
static void
put_time(struct buf *b, int64_t seconds)
{
	int64_t days = seconds / DAY, year;
	int second = (int)(seconds % DAY);
	unsigned month, day;
	iso_civil(days, &year, &month, &day);
	buf_printf(b, "%04d%02u%02uT%02d%02d%02dZ", (int)year, month, day, second / 3600,
	    second / 60 % 60, second % 60);
}

/* 20150830/us-east-1/service/aws4_request */
static void
put_scope(struct buf *b, const struct sigv4 *s)
{
	size_t start = b->n;
	put_time(b, s->time);
	if (!b->failed)
		b->n = start + DATE;
	buf_put_byte(b, '/');
	buf_put_slice(b, s->region);
	buf_put_byte(b, '/');
	buf_put_slice(b, s->service);
	buf_put_text(b, "/aws4_request");
}

/* The parts of an absolute URL: "https://" authority path ? query. A fragment is not sent. */
static void
split_url(struct slice url, struct slice *authority, struct slice *path, struct slice *query)
{
	size_t start = 0, end;
	for (size_t i = 0; i + 2 < url.n && !start; i++)
		if (memcmp(url.p + i, "://", 3) == 0)
			start = i + 3;
	for (end = start; end < url.n && !strchr("/?#", url.p[end]);)
		end++;
	*authority = (struct slice){url.p + start, end - start};
	for (start = end; end < url.n && url.p[end] != '?' && url.p[end] != '#';)
		end++;
	*path = (struct slice){url.p + start, end - start};
	*query = (struct slice){"", 0};
	if (end == url.n || url.p[end] == '#')
		return;
	for (start = ++end; end < url.n && url.p[end] != '#';)
		end++;
	*query = (struct slice){url.p + start, end - start};
}

/* Host as libcurl sends it: without a port that is the scheme's. */
static struct slice
host_header(struct slice url, struct slice authority)
{
	bool tls = url.n >= 6 && slice_equal_caseless((struct slice){url.p, 6}, SLICE("https:"));
	struct slice port = tls ? SLICE(":443") : SLICE(":80");
	if (authority.n > port.n &&
	    slice_equal((struct slice){authority.p + authority.n - port.n, port.n}, port))
		authority.n -= port.n;
	return authority;
}

static void
put_path(struct buf *b, const struct sigv4 *s, struct slice path)
{
	if (!path.n)
		buf_put_byte(b, '/');
	for (size_t i = 0; i < path.n; i++) {
		if (s->s3 || path.p[i] == '/')
			buf_put_byte(b, path.p[i]);
		else
			url_put_encoded(b, (struct slice){path.p + i, 1});
	}
}

/* A proxy or libcurl may change these on the way. */
static bool
is_unsigned(struct slice name)
{
	return header_is(name, "authorization") || header_is(name, "connection") ||
	       header_is(name, "expect") || header_is(name, "transfer-encoding") ||
	       header_is(name, "user-agent") || header_is(name, "accept-encoding") ||
	       header_is(name, "x-amzn-trace-id") || header_is(name, "host");
}

static int
compare_headers(const void *p, const void *q)
{
	const struct pair *a = p, *b = q;
	for (size_t i = 0; i < a->name.n && i < b->name.n; i++) {
		int order = to_lower(a->name.p[i]) - to_lower(b->name.p[i]);
		if (order)
			return order;
	}
	if (a->name.n != b->name.n)
		return a->name.n < b->name.n ? -1 : 1;
	return a->at < b->at ? -1 : 1;
}

/* The headers that are signed, in order; 0 if there are too many. */
static size_t
gather_headers(struct pair *list, const struct sigv4_request *q)
{
	struct slice name, value, authority, path, query;
	size_t n = 1, at = 0;
	split_url(q->url, &authority, &path, &query);
	list[0] = (struct pair){SLICE("host"), host_header(q->url, authority), 0};
	while (header_next(q->headers, &at, &name, &value)) {
		if (is_unsigned(name))
			continue;
		if (n == SIGV4_HEADERS_MAX)
			return 0;
		list[n] = (struct pair){name, value, n};
		n++;
	}
	qsort(list, n, sizeof *list, compare_headers);
	return n;
}

static void
put_lower(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_put_byte(b, to_lower(s.p[i]));
}

/* Runs of spaces count as one. */
static void
put_value(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' || !i || s.p[i - 1] != ' ')
			buf_put_byte(b, s.p[i]);
}

static bool
same_name(const struct pair *list, size_t i)
{
	return i && slice_equal_caseless(list[i - 1].name, list[i].name);
}

static bool
put_signed_headers(struct buf *b, const struct sigv4_request *q)
{
	struct pair list[SIGV4_HEADERS_MAX];
	size_t n = gather_headers(list, q);
	for (size_t i = 0; i < n; i++) {
		if (same_name(list, i))
			continue;
		buf_put_text(b, i ? ";" : "");
		put_lower(b, list[i].name);
	}
	return n > 0;
}

static bool
put_headers(struct buf *b, const struct sigv4_request *q)
{
	struct pair list[SIGV4_HEADERS_MAX];
	size_t n = gather_headers(list, q);
	for (size_t i = 0; i < n; i++) {
		if (same_name(list, i)) {
			buf_put_byte(b, ',');
		} else {
			buf_put_text(b, i ? "\n" : "");
			put_lower(b, list[i].name);
			buf_put_byte(b, ':');
		}
		put_value(b, list[i].value);
	}
	buf_put_text(b, "\n\n");
	return n > 0;
}

static bool
put_sha256(struct buf *b, struct slice data)
{
	unsigned char digest[DIGEST_SHA256];
	if (!digest_sha256(digest, data))
		return false;
	digest_put_hex(b, digest, sizeof digest);
	return true;
}

bool
sigv4_canonical(struct buf *b, const struct sigv4 *s, const struct sigv4_request *q)
{
	struct slice authority, path, query;
	split_url(q->url, &authority, &path, &query);
	buf_put_text(b, q->method);
	buf_put_byte(b, '\n');
	put_path(b, s, path);
	buf_put_byte(b, '\n');
	if (!query_put_sorted(b, &query, 1))
		return false;
	buf_put_byte(b, '\n');
	if (!put_headers(b, q) || !put_signed_headers(b, q))
		return false;
	buf_put_byte(b, '\n');
	if (q->body_hash.n)
		buf_put_slice(b, q->body_hash);
	else if (!put_sha256(b, q->body))
		return false;
	return !b->failed;
}

bool
sigv4_string_to_sign(struct buf *b, const struct sigv4 *s, struct slice canonical)
{
	buf_put_text(b, "AWS4-HMAC-SHA256\n");
	put_time(b, s->time);
	buf_put_byte(b, '\n');
	put_scope(b, s);
	buf_put_byte(b, '\n');
	return put_sha256(b, canonical) && !b->failed;
}

bool
sigv4_signature(char hex[SIGV4_HEX], const struct sigv4 *s, struct slice string_to_sign)
{
	unsigned char key[DIGEST_SHA256];
	struct buf first = {0}, scope = {0}, text = {0};
	buf_put_text(&first, "AWS4");
	buf_put_slice(&first, s->secret_key);
	put_scope(&scope, s);
	bool good = !first.failed && !scope.failed &&
		    digest_hmac_sha256(key, buf_slice(&first), (struct slice){scope.p, DATE});
	struct slice steps[] = {s->region, s->service, SLICE("aws4_request"), string_to_sign};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		unsigned char next[DIGEST_SHA256];
		struct slice from = {(const char *)key, sizeof key};
		good = good && digest_hmac_sha256(next, from, steps[i]);
		if (good)
			memcpy(key, next, sizeof key);
		digest_wipe(next, sizeof next);
	}
	if (good)
		digest_put_hex(&text, key, sizeof key);
	good = good && !text.failed;
	if (good) {
		memcpy(hex, text.p, SIGV4_HEX - 1);
		hex[SIGV4_HEX - 1] = '\0';
	}
	digest_wipe(key, sizeof key);
	if (first.p)
		digest_wipe(first.p, first.cap);
	buf_free(&first);
	buf_free(&scope);
	buf_free(&text);
	return good;
}

bool
sigv4_sign(struct buf *headers, const struct sigv4 *s, const struct sigv4_request *q)
{
	struct sigv4_request full = *q;
	struct buf canonical = {0}, text = {0}, hash = {0};
	char hex[SIGV4_HEX];
	bool good = true;
	buf_put_text(headers, "X-Amz-Date: ");
	put_time(headers, s->time);
	buf_put_byte(headers, '\n');
	if (s->token.n) {
		buf_put_text(headers, "X-Amz-Security-Token: ");
		buf_put_slice(headers, s->token);
		buf_put_byte(headers, '\n');
	}
	if (s->s3) {
		if (!full.body_hash.n) {
			good = put_sha256(&hash, q->body) && !hash.failed;
			full.body_hash = buf_slice(&hash);
		}
		buf_put_text(headers, "X-Amz-Content-Sha256: ");
		buf_put_slice(headers, full.body_hash);
		buf_put_byte(headers, '\n');
	}
	full.headers = buf_slice(headers);
	good = good && !headers->failed && sigv4_canonical(&canonical, s, &full) &&
	       sigv4_string_to_sign(&text, s, buf_slice(&canonical)) &&
	       sigv4_signature(hex, s, buf_slice(&text));
	if (good) {
		struct buf line = {0};
		buf_put_text(&line, "Authorization: AWS4-HMAC-SHA256 Credential=");
		buf_put_slice(&line, s->access_key);
		buf_put_byte(&line, '/');
		put_scope(&line, s);
		buf_put_text(&line, ", SignedHeaders=");
		good = put_signed_headers(&line, &full);
		buf_printf(&line, ", Signature=%s\n", hex);
		/* Appended last: full.headers points into the buffer. */
		buf_put_slice(headers, buf_slice(&line));
		good = good && !line.failed && !headers->failed;
		buf_free(&line);
	}
	buf_free(&canonical);
	buf_free(&text);
	buf_free(&hash);
	return good;
}
