/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECORD_RECORD_MAP_H
#define COMMON_RECORD_RECORD_MAP_H

#include "common/record/record_check.h"

/* Records under a schema as maps, and back. */

/* Appends the record, an array under the schema whose values are in parts, as a map. */
void record_map_put(const struct schema *schema, const struct record_parts *parts, struct slice raw,
    struct buf *out);

/* Appends the values of a map, one after the other. */
void record_map_put_values(struct slice map, struct buf *out);

#endif
