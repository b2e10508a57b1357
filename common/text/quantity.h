/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_QUANTITY_H
#define COMMON_TEXT_QUANTITY_H

#include "common/text/bytes.h"

/*
 * Sizes and durations as a user writes them: digits, then one unit. The whole text must
 * be one, within [low, high]; false and *n untouched otherwise.
 */

/* 4096, 64K, 256M, 2G in powers of 1024; in bytes. */
bool quantity_size(struct slice text, int64_t low, int64_t high, int64_t *n);
/* 250ms, 5s, 10m, 4h, 1d; in milliseconds. The unit is required. */
bool quantity_duration(struct slice text, int64_t low, int64_t high, int64_t *n);

#endif
