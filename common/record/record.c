/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/record/record.h"
#include "common/text/utf8.h"

const char *
schema_add(struct schema *s, struct slice name, enum value_type type)
{
	if (type <= VALUE_NULL || type >= VALUE_BAD)
		return "a field's type is not one of mam-stream(5)";
	if (name.n > NAME_MAX_BYTES)
		return "a field's name is longer than 1024 bytes";
	if (!utf8_valid(name))
		return "a field's name is not UTF-8";
	if (s->n == FIELDS_MAX)
		return "more than 4096 fields";
	if (schema_find(s, name) >= 0)
		return "two fields have the same name";
	/* The names move when their buffer grows: offsets first, pointers after. */
	const char *old = s->names.p;
	size_t at = s->names.n;
	buf_put_slice(&s->names, name);
	struct field *fields = realloc(s->fields, (s->n + 1) * sizeof *fields);
	if (fields)
		s->fields = fields;
	if (!fields || s->names.failed)
		return "no memory for the schema";
	for (size_t i = 0; old && old != s->names.p && i < s->n; i++)
		s->fields[i].name.p = s->names.p + (s->fields[i].name.p - old);
	s->fields[s->n++] = (struct field){{s->names.p + at, name.n}, type};
	return NULL;
}

/* One [name, type, …] of the list; elements after the type are for later versions. */
static const char *
read_field(struct schema *s, const char **p, const char *end)
{
	struct mp_token entry, name, type;
	const char *next = mp_read(*p, end, &entry);
	if (!next || entry.type != MP_ARRAY || entry.n < 2)
		return "a schema's field is no [name, type]";
	next = mp_read(next, end, &name);
	if (!next || name.type != MP_STR)
		return "a schema's field name is not text";
	next = mp_read(next, end, &type);
	if (!next || type.type != MP_STR)
		return "a schema's field type is not text";
	*p = mp_skip(*p, end);
	return schema_add(
	    s, (struct slice){name.p, name.n}, value_type_named((struct slice){type.p, type.n}));
}

static const char *
read_fields(struct schema *s, const char *p, const char *end)
{
	struct mp_token list;
	p = mp_read(p, end, &list);
	if (!p || list.type != MP_ARRAY)
		return "a schema's fields are not an array";
	if (list.n > FIELDS_MAX)
		return "more than 4096 fields";
	/* Its records would look like records that describe themselves. */
	if (list.n == 0)
		return "a schema has no fields";
	for (size_t i = 0; i < list.n; i++) {
		const char *wrong = read_field(s, &p, end);
		if (wrong)
			return wrong;
	}
	return NULL;
}

const char *
schema_read(struct schema *s, struct slice payload)
{
	schema_reset(s);
	const char *p = payload.p, *end = payload.p + payload.n;
	size_t whole;
	if (mp_measure(p, end, &whole) != MP_OK || whole != payload.n)
		return "a schema is not a msgpack object";
	struct mp_token map;
	p = mp_read(p, end, &map);
	if (map.type != MP_MAP)
		return "a schema is not a map";
	for (size_t i = 0; i < map.n; i++) {
		struct mp_token key;
		p = mp_read(p, end, &key);
		if (key.type != MP_STR)
			return "a schema's key is not text";
		if (slice_is((struct slice){key.p, key.n}, "fields"))
			return read_fields(s, p, end);
		p = mp_skip(p, end);
	}
	return "a schema has no fields";
}

void
schema_write(const struct schema *s, struct buf *out)
{
	struct buf body = {0};
	mp_buf_map(&body, 1);
	mp_buf_str(&body, SLICE("fields"));
	mp_buf_array(&body, s->n);
	for (size_t i = 0; i < s->n; i++) {
		mp_buf_array(&body, 2);
		mp_buf_str(&body, s->fields[i].name);
		mp_buf_str(&body, slice_of(value_type_name(s->fields[i].type)));
	}
	mp_buf_ext(out, 17, buf_slice(&body));
	out->failed |= body.failed;
	buf_free(&body);
}

long
schema_find(const struct schema *s, struct slice name)
{
	for (size_t i = 0; i < s->n; i++)
		if (slice_equal(s->fields[i].name, name))
			return (long)i;
	return -1;
}

bool
schema_equal(const struct schema *a, const struct schema *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->fields[i].type != b->fields[i].type ||
		    !slice_equal(a->fields[i].name, b->fields[i].name))
			return false;
	return true;
}

void
schema_copy(struct schema *to, const struct schema *from)
{
	schema_reset(to);
	for (size_t i = 0; i < from->n; i++)
		schema_add(to, from->fields[i].name, from->fields[i].type);
}

void
schema_reset(struct schema *s)
{
	s->n = 0;
	buf_reset(&s->names);
}

void
schema_free(struct schema *s)
{
	free(s->fields);
	buf_free(&s->names);
	*s = (struct schema){0};
}

static bool
fail(struct record *r, const char *error, struct slice at)
{
	r->error = error;
	r->at = at;
	return false;
}

static bool
grow(struct record *r, size_t n)
{
	if (n <= r->cap)
		return true;
	if (n > FIELDS_MAX)
		return fail(r, "more than 4096 fields", (struct slice){0});
	struct cell *cells = realloc(r->cells, n * sizeof *cells);
	if (!cells)
		return fail(r, "no memory for its fields", (struct slice){0});
	r->cells = cells;
	r->cap = n;
	return true;
}

static bool
all_unique(struct record *r)
{
	/*
	 * Quadratic, but mostly on lengths and first bytes; callers have small
	 * or foreign records.
	 */
	for (size_t i = 1; i < r->n; i++)
		for (size_t j = 0; j < i; j++)
			if (slice_equal(r->cells[i].name, r->cells[j].name))
				return fail(r, "the name occurs twice", r->cells[i].name);
	return true;
}

static bool
read_map(struct record *r, const char *p, const char *end, size_t pairs, bool unique)
{
	if (!grow(r, pairs))
		return false;
	r->n = pairs;
	for (size_t i = 0; i < pairs; i++) {
		struct cell *cell = &r->cells[i];
		struct mp_token key;
		p = mp_read(p, end, &key);
		if (!p)
			return fail(r, "is cut", (struct slice){0});
		if (key.type != MP_STR)
			return fail(r, "a key is not text", (struct slice){0});
		cell->name = (struct slice){key.p, key.n};
		if (key.n > NAME_MAX_BYTES)
			return fail(r, "a name is longer than 1024 bytes", (struct slice){0});
		p = value_read(p, end, &cell->value);
		if (!p)
			return fail(r, "is cut", cell->name);
		if (cell->value.type == VALUE_BAD)
			return fail(r, "is of no type of mam-stream(5)", cell->name);
	}
	return !unique || all_unique(r);
}

static bool
read_array(struct record *r, const struct schema *schema, const char *p, const char *end)
{
	if (!grow(r, schema->n))
		return false;
	r->n = schema->n;
	for (size_t i = 0; i < schema->n; i++) {
		const struct field *field = &schema->fields[i];
		struct cell *cell = &r->cells[i];
		cell->name = field->name;
		p = value_read(p, end, &cell->value);
		if (!p)
			return fail(r, "is cut", field->name);
		if (cell->value.type != field->type && cell->value.type != VALUE_NULL)
			return fail(r, "is not of its schema's type", field->name);
	}
	return true;
}

bool
record_read(struct record *r, const struct schema *schema, struct slice raw, bool unique)
{
	const char *end = raw.p + raw.n;
	struct mp_token t;
	r->n = 0;
	r->error = NULL;
	const char *p = mp_read(raw.p, end, &t);
	if (!p)
		return fail(r, "is cut", (struct slice){0});
	bool described = schema && schema->n;
	if (t.type == MP_MAP && !described)
		return read_map(r, p, end, t.n, unique);
	if (t.type == MP_ARRAY && described) {
		if (t.n != schema->n)
			return fail(
			    r, "has another number of values than the schema", (struct slice){0});
		return read_array(r, schema, p, end);
	}
	return fail(r,
	    described ? "is not an array although a schema came before"
		      : "is not a map although no schema came before",
	    (struct slice){0});
}

long
record_find(const struct record *r, struct slice name, size_t hint)
{
	if (hint < r->n && slice_equal(r->cells[hint].name, name))
		return (long)hint;
	for (size_t i = 0; i < r->n; i++)
		if (slice_equal(r->cells[i].name, name))
			return (long)i;
	return -1;
}

/*
 * The part of the path before its first dot. *rest is the part after it, or
 * empty with p NULL.
 */
static struct slice
path_head(struct slice path, struct slice *rest)
{
	const char *dot = path.n ? memchr(path.p, '.', path.n) : NULL;
	if (!dot) {
		*rest = (struct slice){0};
		return path;
	}
	size_t n = (size_t)(dot - path.p);
	*rest = (struct slice){dot + 1, path.n - n - 1};
	return (struct slice){path.p, n};
}

static bool
step_into_map(const char *p, const char *end, size_t pairs, struct slice name, struct value *v)
{
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		const char *body = mp_read(p, end, &key);
		if (!body)
			return false;
		if (key.type == MP_STR && slice_equal((struct slice){key.p, key.n}, name))
			return value_read(body, end, v) != NULL;
		p = mp_skip(mp_skip(p, end), end);
	}
	return false;
}

static bool
step_into_array(const char *p, const char *end, size_t n, struct slice name, struct value *v)
{
	int64_t index;
	if (!parse_integer(name, 0, UINT32_MAX, &index) || (size_t)index >= n)
		return false;
	for (int64_t i = 0; i < index; i++)
		p = mp_skip(p, end);
	return value_read(p, end, v) != NULL;
}

/* One step down from a json value. */
static bool
step(const struct value *json, struct slice name, struct value *v)
{
	const char *end = json->s.p + json->s.n;
	struct mp_token t;
	const char *p = mp_read(json->s.p, end, &t);
	if (!p)
		return false;
	if (t.type == MP_MAP)
		return step_into_map(p, end, t.n, name, v);
	return step_into_array(p, end, t.n, name, v);
}

bool
value_get_path(const struct value *json, struct slice path, struct value *v)
{
	struct value at = *json;
	while (path.p) {
		if (at.type != VALUE_JSON)
			return false;
		struct value next;
		if (step(&at, path, &next)) { /* a name that holds dots itself */
			*v = next;
			return true;
		}
		struct slice rest;
		struct slice name = path_head(path, &rest);
		if (!step(&at, name, &next))
			return false;
		at = next;
		path = rest;
	}
	*v = at;
	return true;
}

bool
record_get_path(const struct record *r, struct slice path, struct value *v)
{
	long i = record_find(r, path, 0);
	if (i >= 0) {
		*v = r->cells[i].value;
		return true;
	}
	struct slice rest;
	struct slice name = path_head(path, &rest);
	if (!rest.p)
		return false;
	i = record_find(r, name, 0);
	return i >= 0 && value_get_path(&r->cells[i].value, rest, v);
}

void
record_write_map(const struct record *r, struct buf *out)
{
	mp_buf_map(out, r->n);
	for (size_t i = 0; i < r->n; i++) {
		mp_buf_str(out, r->cells[i].name);
		buf_put_slice(out, r->cells[i].value.raw);
	}
}

void
record_free(struct record *r)
{
	free(r->cells);
	*r = (struct record){0};
}
