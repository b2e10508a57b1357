/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include "common/bytes.h"

/*
 * Appends all bytes of a small file. False with errno set when it cannot be opened or
 * read. Past to->max (or without memory) to->failed is set, see buf_check, and the
 * rest is not read.
 */
bool file_read(const char *path, struct buf *to);

#endif
