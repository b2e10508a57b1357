/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/json/json_write.h"
#include "common/text/base64.h"
#include "common/text/digest.h"
#include "common/time/iso.h"
#include "common/web/jws.h"
#include "common/web/url.h"

enum { DAY = 24 * 60 * 60 };

/* Base64 for URLs without padding, as RFC 7515 has it. */
static void
put_unpadded(struct buf *b, struct slice s)
{
	base64_put_url(b, s);
	while (b->n && b->p[b->n - 1] == '=')
		b->n--;
}

static void
put_line_header(struct buf *b, struct slice access_key, bool *good)
{
	buf_put_text(b, "{\"alg\":\"HS256\",\"kid\":");
	*good &= json_write_text(b, access_key);
	buf_put_text(b, ",\"typ\":\"text/plain\"}");
}

/* Digest of the body, its type, the day in UTC, the path; a line each, the last one without its end. */
static void
put_line_payload(
    struct buf *b, const struct jws_line *l, const struct jws_line_request *q, bool *good)
{
	unsigned char digest[DIGEST_SHA256];
	struct slice path = url_path(q->url);
	int64_t year;
	unsigned month, day;
	*good &= digest_sha256(digest, q->body);
	if (*good)
		digest_put_hex(b, digest, sizeof digest);
	iso_civil(l->time / DAY, &year, &month, &day);
	buf_put_byte(b, '\n');
	buf_put_slice(b, q->content_type);
	buf_printf(b, "\n%04d%02u%02u\n", (int)year, month, day);
	if (path.n)
		buf_put_slice(b, path);
	else
		buf_put_byte(b, '/');
}

bool
jws_put_line(struct buf *token, const struct jws_line *l, const struct jws_line_request *q)
{
	unsigned char digest[DIGEST_SHA256];
	struct buf part = {0};
	size_t start = token->n;
	bool good = true;
	put_line_header(&part, l->access_key, &good);
	base64_put_url(token, buf_slice(&part));
	buf_put_byte(token, '.');
	good &= !part.failed;
	buf_reset(&part);
	put_line_payload(&part, l, q, &good);
	base64_put_url(token, buf_slice(&part));
	good &= !part.failed && !token->failed;
	good = good && digest_hmac_sha256(digest, l->secret_key,
			   (struct slice){token->p + start, token->n - start});
	buf_put_byte(token, '.');
	if (good)
		base64_put_url(token, (struct slice){(const char *)digest, sizeof digest});
	buf_free(&part);
	return good && !token->failed;
}

/* A member of a JSON object; nothing without a value. */
static void
put_member(struct buf *b, const char *name, struct slice value, bool *good)
{
	if (!value.n)
		return;
	buf_printf(b, ",\"%s\":", name);
	*good &= json_write_text(b, value);
}

bool
jws_put_assertion(struct buf *b, const struct jws_assertion *a, const struct digest_key *key)
{
	unsigned char signature[DIGEST_ES256];
	struct buf header = {0}, payload = {0};
	size_t start = b->n;
	bool good = true;
	buf_put_text(&header, "{\"alg\":\"ES256\",\"typ\":\"JWT\"");
	put_member(&header, "kid", a->key_id, &good);
	buf_put_text(&header, "}");
	buf_printf(&payload, "{\"iat\":%" PRId64 ",\"exp\":%" PRId64, a->issued, a->expires);
	put_member(&payload, "iss", a->issuer, &good);
	put_member(&payload, "sub", a->subject, &good);
	put_member(&payload, "aud", a->audience, &good);
	put_member(&payload, "jti", a->id, &good);
	buf_put_text(&payload, "}");
	put_unpadded(b, buf_slice(&header));
	buf_put_byte(b, '.');
	put_unpadded(b, buf_slice(&payload));
	good &= !header.failed && !payload.failed && !b->failed;
	good = good && digest_es256(signature, key, (struct slice){b->p + start, b->n - start});
	buf_put_byte(b, '.');
	if (good)
		put_unpadded(b, (struct slice){(const char *)signature, sizeof signature});
	buf_free(&header);
	buf_free(&payload);
	return good && !b->failed;
}
