/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_JSON_SHOWN_H
#define COMMON_JSON_JSON_SHOWN_H

#include "common/text/bytes.h"

/*
 * Appends text in double quotes, any text: where it is not UTF-8, it is written as it would be
 * shown (common/text/visible.h).
 */
void json_write_shown(struct buf *out, struct slice text);

#endif
