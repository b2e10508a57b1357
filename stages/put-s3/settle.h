/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PUT_S3_SETTLE_H
#define STAGES_PUT_S3_SETTLE_H

#include "common/aws/s3.h"
#include "common/text/crc.h"
#include "common/text/digest.h"

/*
 * Whether an object is the one that we have sent, when the answer to its request was lost: its
 * size and one of its sums are ours.
 */
struct expected {
	uint64_t size;
	unsigned char sha256[DIGEST_SHA256]; /* of an object in one PUT */
	struct slice body;                   /* the same; its MD5 is the ETag */
	unsigned char crc[CRC_BYTES_MAX];    /* CRC-64/NVME of one in parts */
	uint64_t parts;
	struct buf md5s; /* of the parts, whose MD5 is in the ETag "MD5-PARTS" */
};

/* The next part was taken, with this ETag. */
void expect_part(struct expected *e, struct slice etag);

/* Asks the service. False also when it cannot be asked. */
bool settle(struct aws *a, const struct s3_address *address, const struct expected *e);

#endif
