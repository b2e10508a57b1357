/* SPDX-License-Identifier: MIT */
#ifndef STAGES_EXPLODE_CONFIG_H
#define STAGES_EXPLODE_CONFIG_H

#include "common/program/options.h"
#include "common/record/json_path.h"
#include "common/record/value.h"
#include "common/time/series.h"

/* What the command line asks for. */

/* A field of the elements, of --types. */
struct column {
	struct slice name;
	enum value_type type;
};

/* An array, or with --zip an object of arrays. */
struct target {
	struct json_path path;
	struct slice text; /* the path as it was given, for messages */
	struct slice
	    name; /* of the field that it becomes; p NULL: an object's members have names of their own */
	struct slice last; /* the last name of the path */
};

struct config {
	struct target *targets; /* exactly one without --zip */
	size_t n;
	bool zip;
	bool merge; /* the members of an element become fields; else the element is one field */
	struct slice prefix, separator, index;
	struct column *columns; /* of --types */
	size_t n_columns;
	struct slice series; /* the field's name; p NULL: none */
	struct slice start_text;
	struct json_path start;
	struct series step;
	const struct zone *zone;
	bool keep_empty, optional, drop_rest;
};
extern struct config config;

/* Parses the command line. Dies with STATUS_USAGE. */
void config_parse(int argc, char **argv);

#endif
