/* SPDX-License-Identifier: MIT */
#ifndef COMMON_AWS_S3_H
#define COMMON_AWS_S3_H

#include "common/aws/aws.h"
#include "common/web/s3.h"

/*
 * Requests to Amazon S3, or to a server that speaks as it does: AWS_ENDPOINT_URL_S3,
 * AWS_ENDPOINT_URL or endpoint_url in the profile. The bucket is in the host's name where AWS
 * itself is asked, and begins the path at another server and for a bucket with a dot in its
 * name; addressing_style in the profile's group s3 (path or virtual) decides otherwise.
 */

struct s3_call {
	const char *method;
	struct s3_address address; /* without a key: the bucket */
	struct slice query;        /* from "?" on, encoded; or empty */
	struct slice headers;      /* "Name: value\n" each */
	struct slice body;
	bool has_body;
	struct slice body_hash; /* these members and the next as in aws_request */
	bool fresh;
	int64_t max_time;
	size_t answer_max;
	bool (*take)(void *context, const struct http_answer *answer, struct slice piece);
	void *context;
};

/*
 * As aws_try and aws_send. A failure names the object; it is STATUS_REFUSED when the object
 * or bucket does not exist or a condition is not met (answer->status 404 and 412), and
 * STATUS_CONFIG, with the right region in its text, when the bucket is in another region.
 */
enum aws_step s3_try(struct aws *a, const struct s3_call *c, struct aws_answer *answer,
    struct aws_tries *tries, struct failure *f);
bool s3_send(struct aws *a, const struct s3_call *c, struct aws_answer *answer, struct failure *f);

#endif
