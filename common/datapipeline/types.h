/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_TYPES_H
#define COMMON_DATAPIPELINE_TYPES_H

#include "common/datapipeline/definition.h"

/* The types of objects of AWS Data Pipeline and the fields of each, from its developer guide of 2023. */

struct dp_type;

/* A field of a type. */
struct dp_slot {
	struct slice name;
	char
	    kind; /* s text, p period, i whole number, d number, b true or false, t time, e one of some words, r reference */
	bool required;
	char group; /* of the fields with the same letter exactly one is required; 0: in no group */
};

const struct dp_type *dp_type_named(struct slice name);
/* The name of the type that a misspelt name probably means; may be empty. */
struct slice dp_type_near(struct slice name);
enum dp_class dp_type_class(const struct dp_type *type);

/* The slots of a type, one after the other: *at is 0 before the first. False after the last. */
bool dp_type_slot(const struct dp_type *type, size_t *at, struct dp_slot *slot);
/* The slot with this name; false if the type has none. type NULL: of any type. */
bool dp_type_find(const struct dp_type *type, struct slice name, struct dp_slot *slot);
/* The slot's name that a misspelt name probably means; may be empty. */
struct slice dp_type_near_slot(const struct dp_type *type, struct slice name);

/* The words of a field of kind 'e', separated by '|'; NULL if they are not known. */
const char *dp_slot_words(struct slice name);
/* The classes that a reference may lead to, as a set of bits 1 << class; 0: any object. */
unsigned dp_slot_classes(struct slice name);
/* "an activity" */
const char *dp_class_name(enum dp_class class);

/* A period such as "1 Day" or "15 minutes", in seconds; months and years count as 30 and 365 days. */
bool dp_period(struct slice text, int64_t *seconds);

#endif
