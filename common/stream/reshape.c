/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/field_lookup.h"
#include "common/record/mp_path.h"
#include "common/record/record_map.h"
#include "common/stream/missing.h"
#include "common/stream/reshape.h"

struct taken {
	const struct json_path *path;
	struct slice text;
	bool found;
};

/* The names of the fields that are left, each with the record in which it was seen last. */
static struct names {
	struct field_lookup lookup;
	uint64_t *seen;
	size_t cap;
	uint64_t now;
} names;

static struct taken *taken;
static size_t n_taken;
static struct field *added;
static size_t n_added;
static bool optional, typed, any_maps;
static struct buf map = {.max = STREAM_RECORD_MAX}, steps[2], rest;
static size_t n_rest; /* fields in rest */

void
reshape_take_out(const struct json_path *path, struct slice text)
{
	taken = xrealloc(taken, (n_taken + 1) * sizeof *taken);
	taken[n_taken++] = (struct taken){.path = path, .text = text};
}

void
reshape_put_in(struct slice name, enum value_type type)
{
	added = xrealloc(added, (n_added + 1) * sizeof *added);
	added[n_added++] = (struct field){name, type};
}

void
reshape_set_optional(void)
{
	optional = true;
}

/* The field that a path begins in; -1: the schema has none. */
static long
find_head(const struct schema *schema, const struct taken *t)
{
	long at = schema_find(schema, t->path->steps[0].name);
	if (at < 0 && optional)
		return -1;
	if (at < 0) {
		missing_keep_schema(schema);
		die(STATUS_DATA, "the input has no field %s (see --optional)%s", quoted(t->text),
		    missing_explain(t->path->steps[0].name));
	}
	if (schema->fields[at].type != VALUE_JSON)
		die(STATUS_DATA, "field %s has the type %s, not json",
		    quoted(t->path->steps[0].name), value_type_name(schema->fields[at].type));
	return at;
}

static bool
stays(const struct schema *schema, size_t field)
{
	for (size_t i = 0; i < n_taken; i++)
		if (taken[i].path->n == 1 &&
		    slice_equal(taken[i].path->steps[0].name, schema->fields[field].name))
			return false;
	return true;
}

static void
add_field(struct schema *s, struct slice name, enum value_type type)
{
	const char *wrong = schema_add(s, name, type);
	if (wrong)
		die(STATUS_DATA, "field %s: %s", quoted(name), wrong);
}

void
reshape_schema(const struct schema *schema, struct stream_out *out)
{
	struct schema s = {0};
	struct buf item = {0};
	typed = true;
	for (size_t i = 0; i < n_taken; i++)
		taken[i].found |= find_head(schema, &taken[i]) >= 0;
	for (size_t i = 0; i < schema->n; i++)
		if (stays(schema, i))
			add_field(&s, schema->fields[i].name, schema->fields[i].type);
	for (size_t i = 0; i < n_added; i++) {
		if (schema_find(&s, added[i].name) >= 0)
			die(STATUS_DATA, "the new field %s is a field of the input already",
			    quoted(added[i].name));
		add_field(&s, added[i].name, added[i].type);
	}
	schema_write(&s, &item);
	buf_check(&item, "the schema", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
	schema_free(&s);
}

struct slice
reshape_map(struct stream_in *in, struct slice raw)
{
	const struct schema *schema = stream_schema(in);
	typed = schema->n > 0;
	if (!typed) {
		if (!any_maps)
			missing_keep_names(raw);
		any_maps = true;
		return raw;
	}
	buf_reset(&map);
	record_map_put(schema, stream_parts(in), raw, &map);
	buf_check(&map, "a record", NULL);
	return buf_slice(&map);
}

void
reshape_found(size_t i)
{
	taken[i].found = true;
}

void
reshape_check_found(void)
{
	for (size_t i = 0; any_maps && !optional && i < n_taken; i++)
		if (!taken[i].found)
			die(STATUS_DATA, "no record has a field %s (see --optional)%s",
			    quoted(taken[i].text), missing_explain(taken[i].path->steps[0].name));
}

static void
note_name(struct slice name)
{
	long at = field_lookup_add(&names.lookup, name);
	if (at < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	if ((size_t)at >= names.cap) {
		size_t cap = names.cap ? 2 * names.cap : 64;
		names.seen = xrealloc(names.seen, cap * sizeof *names.seen);
		memset(names.seen + names.cap, 0, (cap - names.cap) * sizeof *names.seen);
		names.cap = cap;
	}
	names.seen[at] = names.now;
}

/* Remembers which names are left; those of records with other names before do not count any more. */
static void
note_names(struct slice record)
{
	struct mp_token t, key;
	const char *end = record.p + record.n, *p = mp_read(record.p, end, &t);
	names.now++;
	/* Names that come and go for ever must not fill the memory. */
	if (names.lookup.n > 2 * FIELDS_MAX) {
		field_lookup_free(&names.lookup);
		free(names.seen);
		names = (struct names){.now = names.now};
	}
	for (size_t i = 0; i < t.n; i++) {
		const char *value = mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		long at = field_lookup_at(&names.lookup, i, name);
		if (at >= 0)
			names.seen[at] = names.now;
		else
			note_name(name);
		p = mp_skip(value, end);
	}
}

static bool
is_left(struct slice name, size_t position)
{
	long at = field_lookup_at(&names.lookup, position, name);
	return at >= 0 && names.seen[at] == names.now;
}

bool
reshape_begin(struct slice record, struct slice *again)
{
	struct mp_token t;
	for (size_t i = 0; i < n_taken; i++) {
		struct buf *step = &steps[i % 2];
		buf_reset(step);
		mp_path_drop(step, record, taken[i].path);
		buf_check(step, "a record", NULL);
		record = buf_slice(step);
	}
	const char *inside = mp_read(record.p, record.p + record.n, &t);
	buf_reset(&rest);
	n_rest = t.n;
	if (typed) {
		record_map_put_values(record, &rest);
		buf_check(&rest, "a record", NULL);
		return true;
	}
	buf_put(&rest, inside, (size_t)(record.p + record.n - inside));
	buf_check(&rest, "a record", NULL);
	note_names(record);
	for (size_t i = 0; i < n_added; i++) {
		if (is_left(added[i].name, t.n + i)) {
			*again = added[i].name;
			return false;
		}
	}
	for (size_t i = 0; i < n_added; i++)
		note_name(added[i].name);
	return true;
}

bool
reshape_has(size_t position, struct slice name)
{
	return is_left(name, n_rest + n_added + position);
}

bool
reshape_claim(size_t position, struct slice name)
{
	if (reshape_has(position, name))
		return false;
	note_name(name);
	return true;
}

bool
reshape_typed(void)
{
	return typed;
}

const char *
reshape_send(struct stream_out *out, size_t n, struct slice fields)
{
	if (n_rest + n > FIELDS_MAX)
		return "would have more than 4096 fields";
	if (rest.n + fields.n > STREAM_RECORD_MAX - MP_HEAD_MAX)
		return "would be larger than 64 MiB";
	if (!out)
		return NULL;
	char *from = stream_out_reserve(out, MP_HEAD_MAX + rest.n + fields.n), *o = from;
	o = typed ? mp_put_array_head(o, n_rest + n) : mp_put_map_head(o, n_rest + n);
	if (rest.n)
		memcpy(o, rest.p, rest.n);
	o += rest.n;
	if (fields.n)
		memcpy(o, fields.p, fields.n);
	o += fields.n;
	stream_out_commit(out, (size_t)(o - from));
	return NULL;
}
