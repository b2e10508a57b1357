/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_DEFLATE_H
#define COMMON_STREAM_DEFLATE_H

#include "common/text/bytes.h"

/* Deflated data, alone as in a zip file or in gzip's wrapper, whose checksum is compared. One at a time. */
void deflate_begin(bool gzip);
/*
 * Inflates from *in, whose front is consumed, up to cap bytes; 0 if it needs
 * more input, or has ended. *wrong is set when the data is damaged.
 */
size_t deflate_read(struct slice *in, char *p, size_t cap, bool *ended, const char **wrong);
/* CRC-32 of zip and gzip, going on from sum; it begins with 0. */
uint32_t deflate_sum(uint32_t sum, const char *p, size_t n);

#endif
