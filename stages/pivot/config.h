/* SPDX-License-Identifier: MIT */
#ifndef STAGES_PIVOT_CONFIG_H
#define STAGES_PIVOT_CONFIG_H

#include "common/program/options.h"
#include "common/record/field_lookup.h"
#include "common/record/json_path.h"
#include "common/record/value.h"

/* What the command line asks for. */

enum rest { REST_ERROR, REST_DROP, REST_JSON };

struct config {
	struct json_path path; /* to the array, without "[]" */
	struct slice text;     /* the same, as it was given */
	/* The members of an element that are looked for: its name, then the n_values values. */
	struct field_lookup members;
	size_t n_values;
	struct slice name;          /* of the member with the name */
	struct field_lookup wanted; /* names of elements that become columns */
	/* The columns: those of wanted name i begin at i * n_values. */
	struct slice *columns;
	size_t n_columns;
	bool has_type;
	enum value_type type; /* of all columns */
	enum rest rest;
	struct slice rest_name; /* REST_JSON: the field */
	bool sum;               /* --duplicates */
	struct slice fallback;  /* --default, as msgpack; nil without it */
	bool optional;
};
extern struct config config;

/* Parses the command line. Dies with STATUS_USAGE. */
void config_parse(int argc, char **argv);

#endif
