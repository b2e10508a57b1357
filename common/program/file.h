/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_FILE_H
#define COMMON_PROGRAM_FILE_H

#include "common/text/bytes.h"

/*
 * Appends all bytes of a small file. False with errno set when it cannot be opened or
 * read. Past to->max (or without memory) to->failed is set, see buf_check, and the
 * rest is not read.
 */
bool file_read(const char *path, struct buf *to);

#endif
