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

/*
 * Writes a file so that readers see it whole, the old one or the new one, also after a crash: a
 * temporary file beside it ("PATH.PID.part"), fsync, rename. Its permissions are those of any new
 * file (umask). False with errno set; the old file is then untouched.
 */
bool file_replace(const char *path, struct slice bytes);

#endif
