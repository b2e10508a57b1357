/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_COUNTERS_JSON_H
#define COMMON_JSON_COUNTERS_JSON_H

#include "common/record/control.h"

/* Appends the counters as one JSON object, without a newline. exit is left out when it is 0. */
void counters_write_json(struct buf *out, const struct counters *c, int exit);

#endif
