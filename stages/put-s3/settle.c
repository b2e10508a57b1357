/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/web/http_header.h"
#include "stages/put-s3/put.h"
#include "stages/put-s3/settle.h"

enum { MD5_SIZE = 16 };

void
expect_part(struct expected *e, struct slice etag)
{
	struct buf lines = {0}, sum = {0};
	e->parts++;
	buf_put_text(&lines, "etag: ");
	buf_put_slice(&lines, etag);
	buf_put_byte(&lines, '\n');
	if (s3_sum_read(buf_slice(&lines), &sum) == S3_MD5)
		buf_put_slice(&e->md5s, buf_slice(&sum));
	buf_check(&e->md5s, "the sums of the parts", NULL);
	buf_free(&lines);
	buf_free(&sum);
}

/* The ETag that the object has unless it is encrypted by a key of its own. */
static bool
put_etag(struct buf *etag, const struct expected *e)
{
	unsigned char md5[DIGEST_MAX];
	struct slice of = e->parts ? buf_slice(&e->md5s) : e->body;
	struct digest *d = digest_new(DIGEST_KIND_MD5);
	bool good = d && digest_update(d, of) && digest_finish(d, md5) == MD5_SIZE &&
		    (!e->parts || e->md5s.n == e->parts * MD5_SIZE);
	if (d)
		digest_free(d);
	if (!good)
		return false;
	buf_put_byte(etag, '"');
	digest_put_hex(etag, md5, MD5_SIZE);
	if (e->parts)
		buf_printf(etag, "-%" PRIu64, e->parts);
	buf_put_byte(etag, '"');
	return !etag->failed;
}

static bool
is_ours(struct slice headers, const struct expected *e)
{
	struct buf sum = {0}, etag = {0};
	struct slice value;
	int64_t size;
	if (!header_find(headers, "content-length", &value) ||
	    !parse_integer(value, 0, INT64_MAX, &size) || (uint64_t)size != e->size)
		return false;
	bool same = false;
	switch (s3_sum_read(headers, &sum)) {
	case S3_SHA256:
		same = !e->parts && memcmp(sum.p, e->sha256, sizeof e->sha256) == 0;
		break;
	case S3_CRC64NVME:
		same = e->parts && memcmp(sum.p, e->crc, sizeof e->crc) == 0;
		break;
	default:
		break;
	}
	if (!same && put_etag(&etag, e) && header_find(headers, "etag", &value))
		same = slice_equal(value, buf_slice(&etag));
	buf_free(&sum);
	buf_free(&etag);
	return same;
}

bool
settle(struct aws *a, const struct s3_address *address, const struct expected *e)
{
	struct aws_answer answer = {0};
	struct failure f = {0};
	struct s3_call call = {.method = "HEAD",
	    .address = *address,
	    .headers = SLICE("X-Amz-Checksum-Mode: ENABLED\n")};
	counts.requests++;
	bool same = s3_send(a, &call, &answer, &f) && is_ours(buf_slice(&answer.headers), e);
	aws_answer_wipe(&answer);
	return same;
}
