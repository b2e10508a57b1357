/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_BASE64_H
#define COMMON_TEXT_BASE64_H

#include "common/text/bytes.h"

/* Appends s in base64 (RFC 4648, section 4), with its padding. */
void base64_put(struct buf *b, struct slice s);

/* The same with the alphabet for URLs and file names (section 5), its padding too. */
void base64_put_url(struct buf *b, struct slice s);

/* Appends the bytes that base64 text means, with or without its padding; false if it is not base64. */
bool base64_read(struct buf *b, struct slice text);

#endif
