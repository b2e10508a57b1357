/* SPDX-License-Identifier: MIT */
#include "common/web/s3.h"
#include "common/text/base64.h"
#include "common/text/utf8.h"
#include "common/web/http_header.h"
#include "common/web/url.h"
#include "common/web/xml.h"

enum { BUCKET_MIN = 3, BUCKET_MAX = 255, LABEL_MAX = 63, MD5_SIZE = 16, SHA256_SIZE = 32 };

static bool
all_of(struct slice s, const char *characters)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(characters, s.p[i]))
			return false;
	return true;
}

const char *
s3_key_error(struct slice key)
{
	if (!key.n)
		return "has no key";
	if (key.n > S3_KEY_MAX)
		return "has a key of more than 1024 bytes";
	if (memchr(key.p, '\0', key.n) || !utf8_valid(key))
		return "has a key that is not UTF-8";
	return NULL;
}

const char *
s3_address_read(struct s3_address *a, struct slice text, bool key)
{
	static const char scheme[] = "s3://";
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = sizeof scheme - 1;
	if (text.n < n || memcmp(text.p, scheme, n) != 0)
		return "is not s3://BUCKET/KEY";
	text = (struct slice){text.p + n, text.n - n};
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	a->bucket = (struct slice){text.p, slash ? (size_t)(slash - text.p) : text.n};
	a->key = (struct slice){"", 0};
	if (slash)
		a->key = (struct slice){slash + 1, text.n - a->bucket.n - 1};
	if (a->bucket.n >= 4 && memcmp(a->bucket.p, "arn:", 4) == 0)
		return "names an access point, which is not supported: give the name of a bucket "
		       "or the alias of the access point";
	if (a->bucket.n < BUCKET_MIN || a->bucket.n > BUCKET_MAX || a->bucket.p[0] == '.' ||
	    a->bucket.p[0] == '-' || !all_of(a->bucket, characters))
		return "does not begin with the name of a bucket";
	return key || a->key.n ? s3_key_error(a->key) : NULL;
}

void
s3_put_address(struct buf *b, const struct s3_address *a)
{
	buf_put_text(b, "s3://");
	buf_put_slice(b, a->bucket);
	buf_put_byte(b, '/');
	buf_put_slice(b, a->key);
}

bool
s3_fits_host(struct slice bucket)
{
	return bucket.n <= LABEL_MAX && all_of(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") &&
	       bucket.p[0] != '-' && bucket.p[bucket.n - 1] != '-';
}

static void
put_encoded_path(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '/')
			buf_put_byte(b, '/');
		else
			url_put_encoded(b, (struct slice){s.p + i, 1});
}

void
s3_put_url(struct buf *b, struct slice endpoint, const struct s3_address *a, bool in_host)
{
	struct slice host = url_host(endpoint);
	if (in_host && host.n) {
		buf_put(b, endpoint.p, (size_t)(host.p - endpoint.p));
		buf_put_slice(b, a->bucket);
		buf_put_byte(b, '.');
		buf_put(b, host.p, endpoint.n - (size_t)(host.p - endpoint.p));
		buf_put_byte(b, '/');
	} else {
		buf_put_slice(b, endpoint);
		buf_put_byte(b, '/');
		put_encoded_path(b, a->bucket);
		buf_put_text(b, a->key.n ? "/" : "");
	}
	put_encoded_path(b, a->key);
}

void
s3_put_query(struct buf *b, size_t *n, const char *name, struct slice value)
{
	buf_put_byte(b, *n ? '&' : '?');
	buf_put_text(b, name);
	buf_put_byte(b, '=');
	url_put_encoded(b, value);
	(*n)++;
}

static bool
is_text(struct slice content, const char *name, const char *text)
{
	struct slice value;
	return xml_child(content, name, &value) && slice_is(slice_trim(value), text);
}

bool
s3_page_read(struct s3_page *p, struct slice body)
{
	*p = (struct s3_page){0};
	if (!xml_child(body, "ListBucketResult", &p->content))
		return false;
	p->encoded = is_text(p->content, "EncodingType", "url");
	p->more = is_text(p->content, "IsTruncated", "true");
	return !p->more ||
	       (xml_child(p->content, "NextContinuationToken", &p->token) && p->token.n);
}

bool
s3_page_next(struct s3_page *p, struct buf *key, int64_t *size)
{
	struct slice name, object, value;
	while (xml_next(p->content, &p->at, &name, &object)) {
		if (!slice_is(name, "Contents") || !xml_child(object, "Key", &value))
			continue;
		struct buf text = {0};
		buf_reset(key);
		xml_put_text(p->encoded ? &text : key, value);
		if (p->encoded)
			url_put_decoded(key, buf_slice(&text));
		key->failed |= text.failed;
		buf_free(&text);
		*size = -1;
		if (xml_child(object, "Size", &value))
			parse_integer(slice_trim(value), 0, INT64_MAX, size);
		return true;
	}
	return false;
}

bool
s3_range_read(struct slice text, int64_t *first, int64_t *size)
{
	static const char unit[] = "bytes ";
	size_t n = sizeof unit - 1;
	if (text.n < n || memcmp(text.p, unit, n) != 0)
		return false;
	text = (struct slice){text.p + n, text.n - n};
	const char *dash = text.n ? memchr(text.p, '-', text.n) : NULL;
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	return dash && slash && dash < slash &&
	       parse_integer(
		   (struct slice){text.p, (size_t)(dash - text.p)}, 0, INT64_MAX, first) &&
	       parse_integer((struct slice){slash + 1, (size_t)(text.p + text.n - slash - 1)}, 0,
		   INT64_MAX, size);
}

static const struct {
	const char *header;
	size_t size;
} sums[] = {
    [S3_SHA256] = {"x-amz-checksum-sha256", SHA256_SIZE},
    [S3_CRC64NVME] = {"x-amz-checksum-crc64nvme", 8},
    [S3_CRC32C] = {"x-amz-checksum-crc32c", 4},
    [S3_CRC32] = {"x-amz-checksum-crc32", 4},
    [S3_MD5] = {NULL, MD5_SIZE},
    [S3_NO_SUM] = {NULL, 0},
};

const char *
s3_sum_header(enum s3_sum sum)
{
	return sums[sum].header;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The MD5 in an ETag: "d41d8cd98f00b204e9800998ecf8427e", with its quotes. */
static bool
read_md5(struct slice headers, struct buf *value)
{
	struct slice etag, how;
	if (header_find(headers, "x-amz-server-side-encryption-customer-algorithm", &how) ||
	    (header_find(headers, "x-amz-server-side-encryption", &how) &&
		!slice_is(how, "AES256")) ||
	    !header_find(headers, "etag", &etag) || etag.n != (size_t)2 * MD5_SIZE + 2)
		return false;
	for (size_t i = 1; i + 1 < etag.n; i += 2) {
		int high = hex_digit(etag.p[i]), low = hex_digit(etag.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		buf_put_byte(value, (char)(high << 4 | low));
	}
	return !value->failed;
}

enum s3_sum
s3_sum_read(struct slice headers, struct buf *value)
{
	struct slice text;
	/* The sum of the parts' sums, "...=-3", says nothing without the parts' sizes. */
	bool composite = header_find(headers, "x-amz-checksum-type", &text) &&
			 slice_equal_caseless(text, SLICE("COMPOSITE"));
	for (enum s3_sum sum = S3_SHA256; !composite && sum < S3_MD5; sum++) {
		buf_reset(value);
		if (header_find(headers, sums[sum].header, &text) && base64_read(value, text) &&
		    value->n == sums[sum].size)
			return sum;
	}
	buf_reset(value);
	if (read_md5(headers, value))
		return S3_MD5;
	buf_reset(value);
	return S3_NO_SUM;
}
