/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STREAM_RESHAPE_H
#define COMMON_STREAM_RESHAPE_H

#include "common/record/json_path.h"
#include "common/stream/stream.h"

/*
 * What explode and pivot share: some fields of a record, or members in them, are taken out,
 * others come in, and the rest stays as it is. A record without a schema stays a map. Under a
 * schema the other fields keep types and order, and the new ones follow them.
 */

/*
 * Before the first record. A path of names, and "[]" where the caller replaces an array by one
 * of its elements before reshape_begin; text is its spelling for messages.
 */
void reshape_take_out(const struct json_path *path, struct slice text);
/* A new field. Under a schema the new ones must all be named here, with their types. */
void reshape_put_in(struct slice name, enum value_type type);
/* No record need have what is taken out. */
void reshape_set_optional(void);

/*
 * A schema has come: sends the one of the output. Dies with STATUS_DATA if it has no field to
 * take out, or has one of the new names already.
 */
void reshape_schema(const struct schema *schema, struct stream_out *out);

/* The current record as a map, until the next call. */
struct slice reshape_map(struct stream_in *in, struct slice raw);

/* Notes that a record had what path number i is to take out; reshape_check_found dies if none had. */
void reshape_found(size_t i);
void reshape_check_found(void);

/*
 * Takes the paths out of map, which the caller may have changed; what is left goes into all
 * records until the next call. False, with the name in *again, if a name of reshape_put_in is there.
 */
bool reshape_begin(struct slice map, struct slice *again);
/*
 * Whether a field of that name is in what is left, or was put in. position: of the name in the
 * caller's order, from 0, as a hint. reshape_claim also puts the name in, until the next reshape_begin.
 */
bool reshape_has(size_t position, struct slice name);
bool reshape_claim(size_t position, struct slice name);

/*
 * Sends one record with n new fields: names and values for a record without a schema, or the values
 * in the order of reshape_put_in. NULL, or why it cannot be a record (a static text). out NULL: only
 * checks.
 */
const char *reshape_send(struct stream_out *out, size_t n, struct slice fields);

/* Whether the current record is under a schema. */
bool reshape_typed(void);

#endif
