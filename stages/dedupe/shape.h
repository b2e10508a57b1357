/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DEDUPE_SHAPE_H
#define STAGES_DEDUPE_SHAPE_H

#include "common/program/options.h"
#include "common/record/record.h"

/*
 * The schemas of the input, and where the fields that the options name stand in
 * records under each of them. A shape is known by its number, which travels with
 * a record through memory and disk; SHAPE_NONE is that of records without schema, whose
 * fields are found by field_lookup.h. Schemas have a plan each, as records under several of them
 * are in memory at once, and a plan skips to a field without looking at names.
 */
enum { SHAPE_NONE = 0, WANTED_MAX = 65 /* fields that can be named */ };

struct shapes;

/* names: the fields, in the order in which shape_locate gives their values. */
struct shapes *shapes_new(const struct option_list *names);

/*
 * The number of this schema; item is as it came. A name that is not in it is
 * STATUS_DATA: every record would lack the field.
 */
uint32_t shapes_add(struct shapes *s, const struct schema *schema, struct slice item);
/* The whole schema item; empty for SHAPE_NONE. */
struct slice shapes_item(const struct shapes *s, uint32_t shape);

/*
 * The values of the named fields; where there is none, type is VALUE_NULL and
 * raw.p NULL. A dotted name leads into maps and arrays unless a field has just
 * that name. False if the record breaks a rule: stream_decode will say which.
 */
bool shape_locate(
    struct shapes *s, uint32_t shape, struct slice record, struct value values[WANTED_MAX]);

#endif
