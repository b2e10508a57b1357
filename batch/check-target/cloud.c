/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch/check-target/check_target.h"
#include "common/program/http.h"
#include "common/web/http_header.h"
#include "common/web/url.h"

static struct aws *
open_aws(const struct subject *t)
{
	struct failure f = {0};
	struct aws *aws = aws_open(&f);
	const char *region = aws ? aws_region(aws, &f) : NULL;
	if (!region)
		check_put(CHECK_FAILED, "aws", t->shown, "set AWS_REGION", "%s", f.text);
	return region ? aws : NULL;
}

static const char *
next_step(const struct failure *f)
{
	if (f->status == STATUS_PERMISSION)
		return "check the role of the machine or task, its policy, and the clock";
	if (f->status == STATUS_CONFIG)
		return "check the names, the region and the AWS_ variables";
	return "check the network: a VPC endpoint, a NAT gateway or a proxy must lead to AWS";
}

/* The text of an element of an XML answer. */
static struct slice
element(struct slice xml, const char *open)
{
	const char *p = xml.n ? memmem(xml.p, xml.n, open, strlen(open)) : NULL;
	if (!p)
		return (struct slice){"", 0};
	p += strlen(open);
	const char *end = memchr(p, '<', (size_t)(xml.p + xml.n - p));
	return end ? (struct slice){p, (size_t)(end - p)} : (struct slice){"", 0};
}

void
check_aws(const struct subject *t)
{
	struct aws_answer answer = {0};
	struct failure f = {0};
	struct slice date;
	int64_t there;
	struct aws *aws = open_aws(t);
	if (!aws)
		return;
	/* The one call that every identity may make. */
	struct aws_request q = {.service = &aws_sts,
	    .method = "POST",
	    .target = "/",
	    .headers = SLICE("Content-Type: application/x-www-form-urlencoded\n"),
	    .body = SLICE("Action=GetCallerIdentity&Version=2011-06-15"),
	    .has_body = true};
	if (!aws_send(aws, &q, &answer, &f)) {
		check_put(CHECK_FAILED, "aws", t->shown, next_step(&f), "%s", f.text);
		aws_answer_wipe(&answer);
		return;
	}
	struct slice arn = element(buf_slice(&answer.body), "<Arn>");
	check_put(
	    CHECK_OK, "aws", t->shown, NULL, "%.*s in %s", (int)arn.n, arn.p, aws_region(aws, &f));
	if (header_find(buf_slice(&answer.headers), "date", &date) && http_date(date, &there))
		report_skew(t, "that of AWS", there - (int64_t)time(NULL), CHECK_FAILED);
	aws_answer_wipe(&answer);
}

/* The path of a new object below s3://BUCKET/PREFIX; false if that is not a place. */
static bool
put_object_path(struct buf *b, const char *address)
{
	const char *bucket = address + strlen("s3://"), *slash = strchr(bucket, '/');
	size_t n = slash ? (size_t)(slash - bucket) : strlen(bucket);
	if (!n || (slash && strchr(slash, '?')))
		return false;
	buf_put_byte(b, '/');
	url_put_encoded(b, (struct slice){bucket, n});
	const char *key = slash ? slash : "/";
	for (const char *p = key; *p;) {
		size_t part = strcspn(p + 1, "/");
		buf_put_byte(b, '/');
		url_put_encoded(b, (struct slice){p + 1, part});
		p += 1 + part;
	}
	if (b->p[b->n - 1] != '/')
		buf_put_byte(b, '/');
	buf_printf(b, "mam-check-target-%ld-%lld", (long)getpid(), (long long)time(NULL));
	return true;
}

static bool
object(struct aws *aws, const char *method, const char *path, struct slice body,
    struct aws_answer *answer, struct failure *f)
{
	bool put = strcmp(method, "PUT") == 0;
	return aws_send(aws,
	    &(struct aws_request){.service = &aws_s3,
		.method = method,
		.target = path,
		.headers = put ? SLICE("Content-Type: text/plain\n") : SLICE(""),
		.body = put ? body : SLICE(""),
		.has_body = put,
		.s3 = true},
	    answer, f);
}

void
check_s3(const struct subject *t)
{
	static const char *const verbs[] = {"PUT", "GET", "DELETE"};
	struct slice content = SLICE("check-target of mam-etl wrote this and removes it\n");
	struct buf path = {0};
	struct aws_answer answer = {0};
	struct failure f = {0};
	if (!put_object_path(&path, t->address))
		die(STATUS_USAGE, "%s is not s3://BUCKET/PREFIX", quoted(slice_of(t->address)));
	buf_put_byte(&path, '\0');
	buf_check(&path, "a path", NULL);
	struct aws *aws = open_aws(t);
	bool same = true;
	for (size_t i = 0; aws && i < sizeof verbs / sizeof *verbs; i++) {
		if (!object(aws, verbs[i], path.p, content, &answer, &f)) {
			check_put(CHECK_FAILED, "s3", t->shown,
			    f.status == STATUS_PERMISSION
				? "the policy needs s3:PutObject, s3:GetObject and s3:DeleteObject "
				  "below the prefix"
				: next_step(&f),
			    "%s: %s", verbs[i], f.text);
			/* What was put shall not stay, if it can be removed. */
			if (i == 1)
				object(aws, "DELETE", path.p, content, &answer, &f);
			aws = NULL;
		} else if (i == 1) {
			same = slice_equal(buf_slice(&answer.body), content);
		}
	}
	if (aws)
		check_put(same ? CHECK_OK : CHECK_FAILED, "s3", t->shown, NULL, "%s",
		    same ? "put, read and removed an object" : "the object came back changed");
	aws_answer_wipe(&answer);
	buf_free(&path);
}
