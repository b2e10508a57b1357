/* SPDX-License-Identifier: MIT */
#include "stages/fetch-s3/verify.h"
#include "common/program/message.h"
#include "common/text/crc.h"
#include "common/text/digest.h"

static const char *const names[] = {
    [S3_SHA256] = "SHA-256",
    [S3_CRC64NVME] = "CRC-64/NVME",
    [S3_CRC32C] = "CRC-32C",
    [S3_CRC32] = "CRC-32",
    [S3_MD5] = "MD5",
    [S3_NO_SUM] = "none",
};

static enum s3_sum sum = S3_NO_SUM;
static struct buf wanted;
static struct digest *digest;
static struct crc crc;

void
verify_begin(struct slice headers)
{
	sum = s3_sum_read(headers, &wanted);
	buf_check(&wanted, "a checksum", NULL);
	switch (sum) {
	case S3_SHA256:
		digest = digest_new(DIGEST_KIND_SHA256);
		if (!digest)
			die(STATUS_TRY_AGAIN, "no memory for a digest");
		break;
	case S3_MD5:
		/* A system with FIPS has none; the size is still checked. */
		digest = digest_new(DIGEST_KIND_MD5);
		if (!digest)
			sum = S3_NO_SUM;
		break;
	case S3_CRC64NVME:
		crc_start(&crc, CRC_64_NVME);
		break;
	case S3_CRC32C:
		crc_start(&crc, CRC_32C);
		break;
	case S3_CRC32:
		crc_start(&crc, CRC_32);
		break;
	case S3_NO_SUM:
		break;
	}
}

void
verify_bytes(struct slice piece)
{
	if (digest && !digest_update(digest, piece))
		die(STATUS_BUG, "libcrypto cannot go on with a digest");
	else if (!digest && sum != S3_NO_SUM)
		crc_update(&crc, piece);
}

bool
verify_end(const char **name)
{
	unsigned char got[DIGEST_MAX];
	size_t n = 0;
	*name = names[sum];
	if (digest) {
		n = digest_finish(digest, got);
		digest_free(digest);
		digest = NULL;
	} else if (sum != S3_NO_SUM) {
		n = crc_value(&crc, got);
	}
	return sum == S3_NO_SUM || (n == wanted.n && memcmp(got, wanted.p, n) == 0);
}
