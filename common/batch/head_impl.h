/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BATCH_HEAD_IMPL_H
#define COMMON_BATCH_HEAD_IMPL_H

#include "common/batch/head.h"

/* Shared by the heads of batches and of media files. */

/* Notes a mistake in this line. Always false, for the caller to return. */
bool head_wrong_line(struct head_mistake *mistake, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The length of a slice for "%.*s"; a message does not repeat more than this of a bad value. */
int head_shown(struct slice s);

#endif
