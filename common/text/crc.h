/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_CRC_H
#define COMMON_TEXT_CRC_H

#include "common/text/bytes.h"

/* The CRCs that S3 keeps of an object. They detect corruption, not tampering. */
enum crc_kind {
	CRC_32,  /* of zip and PNG */
	CRC_32C, /* Castagnoli's, of iSCSI */
	CRC_64_NVME,
};

enum { CRC_BYTES_MAX = 8 };

struct crc {
	enum crc_kind kind;
	uint64_t value;
	uint64_t table[8][256]; /* filled by crc_start */
};

void crc_start(struct crc *c, enum crc_kind kind);
void crc_update(struct crc *c, struct slice data);
/* The sum of all data so far, big-endian; returns its size in bytes, 4 or 8. */
size_t crc_value(const struct crc *c, unsigned char to[CRC_BYTES_MAX]);

#endif
