/* SPDX-License-Identifier: MIT */
#ifndef STAGES_DESCRIBE_FIELDS_H
#define STAGES_DESCRIBE_FIELDS_H

#include "common/record/profile.h"
#include "common/record/record.h"
#include "common/record/record_check.h"

/* The fields of all records, by name in the order in which they appeared, FIELDS_MAX at most. */
struct described {
	struct slice name;
	unsigned types;  /* bits: those that schemas gave it */
	uint64_t values; /* records that had it, null or not */
	struct profile profile;
};

/* A schema has come; its records are arrays. */
void fields_schema(const struct schema *schema);
/* Counts one record. schema->n is 0: a map. */
void fields_add(const struct schema *schema, const struct record_parts *parts, struct slice raw);

size_t fields_count(void);
const struct described *fields_at(size_t i);
/* Different schemas in a row; and values of fields beyond FIELDS_MAX. */
uint64_t fields_schemas(void);
uint64_t fields_beyond(void);

#endif
