/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATAPIPELINE_DEFINITION_H
#define COMMON_DATAPIPELINE_DEFINITION_H

#include "common/datapipeline/expression.h"
#include "common/json/json_read.h"

/*
 * A pipeline definition of AWS Data Pipeline, in either of its forms: the file of its console and
 * command line ({"objects": [{"id": "Run", "type": "ShellCommandActivity", "runsOn": {"ref": "Ec2"}}],
 * "parameters": [...], "values": {...}}), and the answer of GetPipelineDefinition
 * ({"pipelineObjects": [{"id": "Run", "fields": [{"key": "runsOn", "refValue": "Ec2"}]}],
 * "parameterObjects": [...], "parameterValues": [...]}).
 */

enum dp_value {
	DP_VALUE_TEXT,
	DP_VALUE_REF,   /* {"ref": "ID"}, or refValue */
	DP_VALUE_OTHER, /* a number, true, null or an object: every value must be a string */
};

/* One value of a field; a list is several fields with the same key. */
struct dp_field {
	struct slice key, value;
	enum dp_value kind;
	size_t at; /* of the value's msgpack in the definition's */
};

struct dp_object {
	struct slice id, name, type; /* empty if missing */
	struct dp_field *fields; /* without id, name and type; for a parameter, its attributes */
	size_t n;
	size_t bytes; /* of keys and values */
};

struct dp_definition {
	struct buf mp; /* the whole definition as msgpack; all slices point into it */
	bool is_wire;  /* the form of GetPipelineDefinition */
	struct dp_object *objects, *parameters;
	size_t objects_n, parameters_n;
	struct dp_field *values; /* of parameters */
	size_t values_n;
};

/*
 * Reads a definition from JSON, or from msgpack whose buffer it takes. NULL, or why it is not a
 * definition (a static text); error->what is set if it is not JSON. An object of another form than
 * both is left to the lint: it has fields of DP_VALUE_OTHER. Free it in any case.
 */
const char *dp_read(struct dp_definition *d, struct slice json, struct json_error *error);
const char *dp_read_msgpack(struct dp_definition *d, struct buf *mp);
void dp_free(struct dp_definition *d);

/* The object with this id; NULL if there is none. */
const struct dp_object *dp_object(const struct dp_definition *d, struct slice id);

/*
 * The first value of a field: the object's own, else that of its parent, else that of the object
 * Default. NULL if there is none. *owner, which may be NULL, is the object that has it.
 */
const struct dp_field *dp_field(const struct dp_definition *d, const struct dp_object *object,
    const char *key, const struct dp_object **owner);
/* The object's own field only. */
const struct dp_field *dp_own_field(const struct dp_object *object, struct slice key);
/* The next value of the same list; NULL after the last. */
const struct dp_field *dp_next_value(const struct dp_object *owner, const struct dp_field *field);
/* The object that a field refers to. NULL if the field is absent, or refers to nothing. */
const struct dp_object *dp_target(
    const struct dp_definition *d, const struct dp_object *object, const char *key);

/* The value of a parameter: from the values, else its default. NULL: it has none. */
const struct dp_field *dp_parameter(const struct dp_definition *d, struct slice name);
/* The parameter's declaration; NULL if there is none. */
const struct dp_object *dp_parameter_object(const struct dp_definition *d, struct slice name);

enum dp_class {
	DP_CLASS_NONE, /* not a type */
	DP_ACTIVITY,
	DP_DATA_NODE,
	DP_RESOURCE,
	DP_PRECONDITION,
	DP_ACTION,
	DP_SCHEDULE,
	DP_DATABASE,
	DP_FORMAT,
	DP_UTILITY,
};
enum dp_class dp_class_of(struct slice type);

/* A new value for a string in the definition. */
struct dp_edit {
	size_t at; /* dp_field.at */
	struct slice value;
};

/* Appends the definition with n strings replaced, in the order of their places: as msgpack. */
void dp_edit_msgpack(
    struct buf *out, const struct dp_definition *d, const struct dp_edit *edits, size_t n);
/*
 * The same for the JSON text that the definition was read from: all but the edited strings stays as
 * it is, byte for byte. False if the text is not the one that was read.
 */
bool dp_edit_json(struct buf *out, struct slice json, const struct dp_definition *d,
    const struct dp_edit *edits, size_t n);

#endif
