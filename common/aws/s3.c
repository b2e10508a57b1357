/* SPDX-License-Identifier: MIT */
#include "common/aws/s3.h"
#include "common/aws/impl.h"
#include "common/program/message.h"
#include "common/web/http_header.h"
#include "common/web/xml.h"

static bool
put_url(struct aws *a, const struct s3_call *c, struct buf *url, struct failure *f)
{
	struct buf endpoint = {0};
	struct slice style;
	bool in_host = !aws_has_endpoint(a, &aws_s3) && s3_fits_host(c->address.bucket);
	if (aws_s3_addressing(a, &style)) {
		if (slice_is(style, "path"))
			in_host = false;
		else if (slice_is(style, "virtual"))
			in_host = true;
		else if (!slice_is(style, "auto"))
			return failure_set(f, STATUS_CONFIG,
			    "addressing_style of the profile is %s, not path, virtual or auto",
			    quoted(style));
	}
	bool good = aws_put_endpoint(a, &aws_s3, &endpoint, f);
	if (good) {
		s3_put_url(url, buf_slice(&endpoint), &c->address, in_host);
		buf_put_slice(url, c->query);
		buf_put_byte(url, '\0');
	}
	if (good && (endpoint.failed || url->failed))
		good = failure_set(f, STATUS_TRY_AGAIN, "no memory for a URL");
	buf_free(&endpoint);
	return good;
}

/* The region that the answer names, in place of the one that was asked; false if it names none. */
static bool
find_region(const struct aws *a, const struct aws_answer *answer, struct buf *region)
{
	struct slice header;
	if (answer->status != 301 && answer->status != 307 && answer->status != 400)
		return false;
	if (header_find(buf_slice(&answer->headers), "x-amz-bucket-region", &header))
		buf_put_slice(region, header);
	else if (!xml_find_text(buf_slice(&answer->body), "Region", region))
		return false;
	return region->n && !region->failed && !slice_is(buf_slice(region), a->region);
}

/* Names the object, and what S3 means by some of its answers. */
static void
explain(const struct aws *a, const struct s3_call *c, const struct aws_answer *answer,
    struct failure *f)
{
	struct buf where = {0}, region = {0};
	struct failure inner = *f;
	const char *code = answer->fault.code;
	s3_put_address(&where, &c->address);
	const char *name = quoted(buf_slice(&where));
	if (find_region(a, answer, &region))
		failure_set(f, STATUS_CONFIG,
		    "%s: the bucket is in the region %.*s, not in %s: set AWS_REGION, or region "
		    "in the profile",
		    name, (int)region.n, region.p, a->region);
	else if (strcmp(code, "NoSuchBucket") == 0)
		failure_set(f, STATUS_REFUSED, "%s: there is no such bucket", name);
	else if (strcmp(code, "NoSuchKey") == 0 || (answer->status == 404 && !code[0]))
		failure_set(f, STATUS_REFUSED, "%s: there is no such object", name);
	else if (answer->status == 404)
		failure_set(f, STATUS_REFUSED, "%s: %.800s", name, inner.text);
	else if (strcmp(code, "InvalidObjectState") == 0)
		failure_set(f, STATUS_REFUSED,
		    "%s: the object is archived: restore it first, or copy it to another storage "
		    "class",
		    name);
	else
		failure_set(f, inner.status, "%s: %.800s", name, inner.text);
	buf_free(&where);
	buf_free(&region);
}

enum aws_step
s3_try(struct aws *a, const struct s3_call *c, struct aws_answer *answer, struct aws_tries *tries,
    struct failure *f)
{
	struct buf url = {0};
	enum aws_step step = AWS_FAILED;
	if (put_url(a, c, &url, f)) {
		struct aws_request q = {.service = &aws_s3,
		    .method = c->method,
		    .url = url.p,
		    .headers = c->headers,
		    .body = c->body,
		    .has_body = c->has_body,
		    .s3 = true,
		    .body_hash = c->body_hash,
		    .fresh = c->fresh,
		    .max_time = c->max_time,
		    .answer_max = c->answer_max,
		    .take = c->take,
		    .context = c->context};
		step = aws_try(a, &q, answer, tries, f);
		if (step == AWS_FAILED)
			explain(a, c, answer, f);
	}
	buf_free(&url);
	return step;
}

bool
s3_send(struct aws *a, const struct s3_call *c, struct aws_answer *answer, struct failure *f)
{
	struct aws_tries tries = {0};
	enum aws_step step;
	do
		step = s3_try(a, c, answer, &tries, f);
	while (step == AWS_AGAIN);
	return step == AWS_DONE;
}
