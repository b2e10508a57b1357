/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_LAYOUT_H
#define COMMON_STREAM_LAYOUT_H

#include "common/program/options.h"
#include "common/record/record_check.h"

/*
 * The schemas of the input, and the place of the options' fields in records
 * under each of them. A layout has a number, which stays with a record in
 * memory and on disk. LAYOUT_NONE is for records without a schema, whose fields
 * are found by field_lookup.h. Each schema has a plan of its own, because
 * records under several schemas are in memory at once; a plan skips to a field
 * without looking at names.
 */
enum { LAYOUT_NONE = 0, WANTED_MAX = 65 /* fields that can be named */ };

struct layouts;

/* names: the fields, in the order in which layout_locate gives their values. */
struct layouts *layouts_new(const struct option_list *names);

/*
 * The number of this schema; item is as it came. A name that is not in it is
 * STATUS_DATA: every record would lack the field.
 */
uint32_t layouts_add(struct layouts *s, const struct schema *schema, struct slice item);
/* The schema; without fields for LAYOUT_NONE. */
const struct schema *layouts_schema(const struct layouts *s, uint32_t layout);
/* The whole schema item; empty for LAYOUT_NONE. */
struct slice layouts_item(const struct layouts *s, uint32_t layout);

/*
 * The values of the named fields; for a missing one, type is VALUE_NULL and
 * raw.p NULL. A dotted name leads into maps and arrays unless a field has
 * exactly that name. parts is of this record, or NULL. False if the record breaks
 * a rule; stream_decode reports which.
 */
bool layout_locate(struct layouts *s, uint32_t layout, struct slice record,
    const struct record_parts *parts, struct value values[WANTED_MAX]);

#endif
