/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_SHELL_H
#define COMMON_TEXT_SHELL_H

#include "common/text/bytes.h"

/* Appends a word for a POSIX shell, in single quotes: 'it'\''s'. */
void shell_put_quoted(struct buf *b, struct slice word);

#endif
