/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_QUERY_H
#define COMMON_WEB_QUERY_H

#include "common/text/bytes.h"

/* Queries and forms as signatures have them, text only. */

/*
 * Appends the pairs name=value of n queries ("a=1&b=2", encoded) in one order: by name, then by
 * value, each byte by byte. They are decoded and encoded anew, so that "%2b" and "%2B" are the
 * same, and "+" is "%20"; a name alone has an empty value. False without memory.
 */
bool query_put_sorted(struct buf *b, const struct slice *queries, size_t n);

#endif
