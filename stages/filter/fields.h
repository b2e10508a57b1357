/* SPDX-License-Identifier: MIT */
#ifndef STAGES_FILTER_FIELDS_H
#define STAGES_FILTER_FIELDS_H

#include "common/record/predicate.h"
#include "common/record/record_check.h"

/*
 * Where the fields that the conditions name are in a record. Under a schema that is known
 * once; in maps, the place of a field is where it was in the record before.
 */
void fields_init(const struct predicate *p);

/*
 * A schema has come. Dies with STATUS_DATA if it lacks a field that must be there, or
 * if a condition cannot be asked of a field's type.
 */
void fields_schema(const struct schema *schema);
/* The records that follow are maps. */
void fields_no_schema(void);

/* The values of the fields of a record, in the predicate's order. They point into raw, and live until the next call. */
const struct value *fields_read(const struct record_parts *parts, struct slice raw);

/* The types of the fields under the schema; VALUE_NULL where it does not give one. */
const enum value_type *fields_types(void);

/* After the last record: dies with STATUS_DATA if no map had a field that must be there. */
void fields_check_found(void);

#endif
