/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "common/text/ascii.h"
#include "common/text/base64.h"
#include "common/text/digest.h"
#include "common/web/oauth1.h"
#include "common/web/query.h"
#include "common/web/url.h"

/* A parameter of the protocol; those without a value are left out. */
struct param {
	const char *name;
	struct slice value;
};

enum { PARAMS = 6, TIME_MAX = 24 };

/* All but the signature, in the order of their names. */
struct params {
	struct param list[PARAMS];
	char time[TIME_MAX];
};

static void
fill(struct params *p, const struct oauth1 *o)
{
	int n = snprintf(p->time, sizeof p->time, "%" PRId64, o->time);
	const struct param list[PARAMS] = {
	    {"oauth_consumer_key", o->consumer_key},
	    {"oauth_nonce", o->nonce},
	    {"oauth_signature_method", SLICE("HMAC-SHA1")},
	    {"oauth_timestamp", {p->time, (size_t)n}},
	    {"oauth_token", o->token},
	    {"oauth_version", SLICE("1.0")},
	};
	memcpy(p->list, list, sizeof list);
}

static void
put_lower(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_put_byte(b, to_lower(s.p[i]));
}

/* RFC 5849, 3.4.1.2: scheme and host in lower case, no port that is the scheme's. */
static void
put_base_url(struct buf *b, struct slice url)
{
	struct slice port = url_port(url), path = url_path(url);
	bool tls = url_is_https(url);
	buf_put_text(b, tls ? "https://" : "http://");
	put_lower(b, url_host(url));
	if (!slice_is(port, tls ? "443" : "80")) {
		buf_put_byte(b, ':');
		buf_put_slice(b, port);
	}
	if (path.n)
		buf_put_slice(b, path);
	else
		buf_put_byte(b, '/');
}

static void
put_query(struct buf *b, const struct oauth1 *o)
{
	struct params p;
	fill(&p, o);
	for (size_t i = 0; i < PARAMS; i++) {
		if (!p.list[i].value.n)
			continue;
		buf_put_text(b, i ? "&" : "");
		buf_put_text(b, p.list[i].name);
		buf_put_byte(b, '=');
		url_put_encoded(b, p.list[i].value);
	}
}

bool
oauth1_base_string(struct buf *b, const struct oauth1 *o, const struct oauth1_request *q)
{
	struct buf own = {0}, url = {0}, sorted = {0};
	put_query(&own, o);
	put_base_url(&url, q->url);
	struct slice queries[] = {url_query(q->url), q->form, buf_slice(&own)};
	bool good = !own.failed && !url.failed &&
		    query_put_sorted(&sorted, queries, sizeof queries / sizeof *queries);
	buf_put_text(b, q->method);
	buf_put_byte(b, '&');
	url_put_encoded(b, buf_slice(&url));
	buf_put_byte(b, '&');
	url_put_encoded(b, buf_slice(&sorted));
	buf_free(&own);
	buf_free(&url);
	buf_free(&sorted);
	return good && !b->failed;
}

bool
oauth1_signature(struct buf *b, const struct oauth1 *o, struct slice base_string)
{
	unsigned char digest[DIGEST_SHA1];
	struct buf key = {0};
	url_put_encoded(&key, o->consumer_secret);
	buf_put_byte(&key, '&');
	url_put_encoded(&key, o->token_secret);
	bool good = !key.failed && digest_hmac_sha1(digest, buf_slice(&key), base_string);
	if (good)
		base64_put(b, (struct slice){(const char *)digest, sizeof digest});
	if (key.p)
		digest_wipe(key.p, key.cap);
	buf_free(&key);
	return good && !b->failed;
}

static void
put_param(struct buf *b, const char *before, const char *name, struct slice value)
{
	buf_put_text(b, before);
	buf_put_text(b, name);
	buf_put_text(b, "=\"");
	url_put_encoded(b, value);
	buf_put_byte(b, '"');
}

bool
oauth1_sign(struct buf *header, const struct oauth1 *o, const struct oauth1_request *q)
{
	struct buf base = {0}, signature = {0};
	struct params p;
	bool good =
	    oauth1_base_string(&base, o, q) && oauth1_signature(&signature, o, buf_slice(&base));
	fill(&p, o);
	for (size_t i = 0; i < PARAMS; i++)
		if (p.list[i].value.n)
			put_param(header, i ? ", " : "OAuth ", p.list[i].name, p.list[i].value);
	put_param(header, ", ", "oauth_signature", buf_slice(&signature));
	buf_free(&base);
	buf_free(&signature);
	return good && !header->failed;
}
