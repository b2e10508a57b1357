/* SPDX-License-Identifier: MIT */
#ifndef STAGES_NORMALIZE_INPUT_H
#define STAGES_NORMALIZE_INPUT_H

#include "common/stream/stream.h"
#include "stages/normalize/spec.h"

/*
 * The fields of the input that somebody asks for. The stream has found where the
 * values of a record are; those that are asked for are in slots afterwards. Where
 * which name is is remembered from record to record.
 */

enum rest { REST_DROP, REST_ERROR, REST_JSON, REST_KEEP };

/* Makes room for the values that the field's source needs. */
void input_add(struct spec *s);
/* What is to be done with fields that no source names. */
void input_set_rest(enum rest rest);

/*
 * REST_KEEP: this field is left out; and, after all operands were added, no further field is kept,
 * until input_add is called for it.
 */
void input_drop(struct slice name);
void input_keep_none(void);
/* Whether any record had the field, which input_drop named. */
bool input_had(struct slice name);

/* A schema has come: the fields are in its order from now on. */
void input_schema(const struct schema *schema);
/* True if the schema in force has, or may have, what the source needs. */
bool input_may_have(const struct spec *s, const struct schema *schema);

/*
 * Reads record number, which the stream has checked; parts is of it. REST_ERROR and
 * REST_KEEP: *surplus is the first field that no source names, and that is not kept
 * (p NULL: none). The slots point into raw.
 */
void input_read(const struct record_parts *parts, struct slice raw, const struct schema *schema,
    uint64_t number, struct slice *surplus);
/*
 * The value of the field's source in that record; NULL if it is not there. It
 * lives until the next record.
 */
const struct value *input_get(const struct spec *s);
/* REST_JSON: appends a map of the fields that no source names. */
void input_put_rest(struct buf *out);

#endif
