/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_S3_H
#define COMMON_WEB_S3_H

#include "common/text/bytes.h"

/* Amazon S3 as text: addresses, the URLs of requests, listings. Bytes come and go elsewhere. */

enum {
	S3_KEY_MAX = 1024,        /* bytes of a key */
	S3_PARTS_MAX = 10 * 1000, /* of one upload */
};

#define S3_PART_MIN ((int64_t)5 * 1024 * 1024)        /* bytes of a part but the last */
#define S3_PART_MAX ((int64_t)5 * 1024 * 1024 * 1024) /* of a part, and of an object in one PUT */

/* "s3://bucket/a key": the key is everything after the bucket, byte for byte. */
struct s3_address {
	struct slice bucket, key; /* key may be empty */
};

/* NULL, or a static text that says why it is not one; key says whether a key must be there. */
const char *s3_address_read(struct s3_address *a, struct slice text, bool key);

/* Why bytes cannot be a key: a static text; NULL if they can. */
const char *s3_key_error(struct slice key);

/* "s3://bucket/key" for messages. */
void s3_put_address(struct buf *b, const struct s3_address *a);

/*
 * Whether the bucket can be a label of the host's name: without dots, which the certificate of
 * *.s3.REGION.amazonaws.com does not cover, and in lower case.
 */
bool s3_fits_host(struct slice bucket);

/*
 * Appends the URL of an object, or of a bucket when the key is empty. endpoint is "https://host[/path]"
 * without a slash at its end; in_host puts the bucket into its host, else it begins the
 * path. Every byte of the key is encoded but letters, digits, "-._~" and "/", the form that
 * is signed, too.
 */
void s3_put_url(struct buf *b, struct slice endpoint, const struct s3_address *a, bool in_host);

/* Appends "?name=value" or "&name=value", the value encoded. *n counts those of this URL. */
void s3_put_query(struct buf *b, size_t *n, const char *name, struct slice value);

/* One page of ListObjectsV2. */
struct s3_page {
	struct slice content; /* of the root element */
	size_t at;
	bool encoded;       /* keys are percent-encoded */
	bool more;          /* there is another page, which the token asks for */
	struct slice token; /* content of the element; xml_put_text gives it */
};

/* False if the body is not a listing, or names a next page and has no token for it. */
bool s3_page_read(struct s3_page *p, struct slice body);

/*
 * The next object of the page: *key is replaced. False at the end. A size that is missing or
 * not a number is -1.
 */
bool s3_page_next(struct s3_page *p, struct buf *key, int64_t *size);

/* "bytes 0-99/1234" of Content-Range: the first byte and the size of the whole; false if not. */
bool s3_range_read(struct slice text, int64_t *first, int64_t *size);

/* A sum that S3 keeps of an object. */
enum s3_sum { S3_SHA256, S3_CRC64NVME, S3_CRC32C, S3_CRC32, S3_MD5, S3_NO_SUM };

/* "x-amz-checksum-sha256"; NULL for S3_MD5 and S3_NO_SUM. */
const char *s3_sum_header(enum s3_sum sum);

/*
 * The best sum of the whole object that the header lines of an answer have; *value is its
 * bytes, replaced. The MD5 is that of an ETag, where the ETag is one: not of a multipart upload
 * or an object encrypted with a key of KMS or of the client.
 */
enum s3_sum s3_sum_read(struct slice headers, struct buf *value);

#endif
