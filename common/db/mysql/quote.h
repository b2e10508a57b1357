/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DB_MYSQL_QUOTE_H
#define COMMON_DB_MYSQL_QUOTE_H

#include "common/text/bytes.h"

/* Appends "text" with its quotes, made visible and cut to 200 bytes, for a message. */
void quote_put(struct buf *b, struct slice text);

#endif
