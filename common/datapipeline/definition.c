/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/datapipeline/definition.h"
#include "common/json/json_write.h"
#include "common/record/mp.h"

enum { PARENTS_MAX = 32 }; /* of an object, one above the other */

struct reading {
	struct dp_definition *d;
	bool no_memory;
};

static struct slice
text_at(const char *p, const char *end)
{
	struct mp_token t;
	if (!mp_read(p, end, &t) || t.type != MP_STR)
		return (struct slice){0};
	return (struct slice){t.p, t.n};
}

static struct dp_field *
add_field(struct reading *r, struct dp_field **fields, size_t *n)
{
	/* Room for 16, then twice as many. */
	if (*n == 0 || (*n >= 16 && (*n & (*n - 1)) == 0)) {
		struct dp_field *more =
		    realloc(*fields, (*n ? *n * 2 : 16) * sizeof(struct dp_field));
		if (!more) {
			r->no_memory = true;
			return NULL;
		}
		*fields = more;
	}
	(*fields)[*n] = (struct dp_field){0};
	return &(*fields)[(*n)++];
}

/* The value of a member of the file form: text, {"ref": ID}, or something that is wrong. */
static void
read_value(struct reading *r, struct dp_field *f, const char *p, const char *end)
{
	struct mp_token t, key;
	const char *next = mp_read(p, end, &t);
	f->at = (size_t)(p - r->d->mp.p);
	if (t.type == MP_STR) {
		f->value = text_at(p, end);
		return;
	}
	f->kind = DP_VALUE_OTHER;
	f->value = (struct slice){p, (size_t)(mp_skip(p, end) - p)};
	if (t.type == MP_MAP && t.n == 1) {
		const char *value = mp_read(next, end, &key);
		if (key.type == MP_STR && slice_is((struct slice){key.p, key.n}, "ref") &&
		    mp_read(value, end, &t) && t.type == MP_STR) {
			f->kind = DP_VALUE_REF;
			f->value = text_at(value, end);
			f->at = (size_t)(value - r->d->mp.p);
		}
	}
}

static void
set_member(struct reading *r, struct dp_object *o, struct slice key, const char *p, const char *end)
{
	struct slice text = text_at(p, end), *names[] = {&o->id, &o->name, &o->type};
	static const char *const words[] = {"id", "name", "type"};
	for (size_t i = 0; i < 3; i++)
		if (slice_is(key, words[i]) && text.p) {
			*names[i] = text;
			return;
		}
	struct dp_field *f = add_field(r, &o->fields, &o->n);
	if (!f)
		return;
	f->key = key;
	read_value(r, f, p, end);
	o->bytes += f->key.n + f->value.n;
}

/* {"key": "type", "stringValue": "Schedule"}; anything else becomes a field that the lint refuses. */
static void
read_wire_field(struct reading *r, struct dp_object *o, const char *p, const char *end)
{
	struct mp_token t, k;
	struct dp_field field = {.kind = DP_VALUE_OTHER,
	    .value = {p, (size_t)(mp_skip(p, end) - p)},
	    .at = (size_t)(p - r->d->mp.p)};
	const char *next = mp_read(p, end, &t);
	for (size_t i = 0; t.type == MP_MAP && i < t.n; i++) {
		const char *value = mp_read(next, end, &k);
		next = mp_skip(value, end);
		struct slice word = k.type == MP_STR ? (struct slice){k.p, k.n} : (struct slice){0};
		struct slice text = text_at(value, end);
		if (!text.p)
			continue;
		if (slice_is(word, "key"))
			field.key = text;
		if (slice_is(word, "stringValue") || slice_is(word, "refValue")) {
			field.kind = word.n == 8 ? DP_VALUE_REF : DP_VALUE_TEXT;
			field.value = text;
			field.at = (size_t)(value - r->d->mp.p);
		}
	}
	if (field.kind == DP_VALUE_TEXT && slice_is(field.key, "type")) {
		o->type = field.value;
		return;
	}
	struct dp_field *f = add_field(r, &o->fields, &o->n);
	if (f)
		*f = field;
	o->bytes += field.key.n + field.value.n;
}

/* One member of an object or parameter, in either form. */
static void
read_member(
    struct reading *r, struct dp_object *o, struct slice key, const char *p, const char *end)
{
	struct mp_token t;
	bool list = r->d->is_wire && (slice_is(key, "fields") || slice_is(key, "attributes"));
	const char *value = mp_read(p, end, &t);
	if (t.type != MP_ARRAY) {
		set_member(r, o, key, p, end);
		return;
	}
	for (size_t i = 0; i < t.n; i++) {
		if (list)
			read_wire_field(r, o, value, end);
		else
			set_member(r, o, key, value, end);
		value = mp_skip(value, end);
	}
}

static void
read_objects(
    struct reading *r, const char *p, const char *end, struct dp_object **objects, size_t *count)
{
	struct mp_token list, map, key;
	p = mp_read(p, end, &list);
	if (list.type != MP_ARRAY || !list.n)
		return;
	*objects = calloc(list.n, sizeof **objects);
	if (!*objects) {
		r->no_memory = true;
		return;
	}
	for (; *count < list.n; ++*count) {
		struct dp_object *o = &(*objects)[*count];
		const char *member = mp_read(p, end, &map);
		for (size_t i = 0; map.type == MP_MAP && i < map.n; i++) {
			const char *value = mp_read(member, end, &key);
			read_member(r, o, (struct slice){key.p, key.n}, value, end);
			member = mp_skip(value, end);
		}
		o->bytes += o->id.n + o->name.n + o->type.n;
		p = mp_skip(p, end);
	}
}

/* {"myX": "value", "myList": ["a", "b"]} */
static void
read_file_values(struct reading *r, const char *p, const char *end)
{
	struct mp_token map, key, t;
	p = mp_read(p, end, &map);
	for (size_t i = 0; map.type == MP_MAP && i < map.n; i++) {
		const char *value = mp_read(p, end, &key), *item = mp_read(value, end, &t);
		size_t n = t.type == MP_ARRAY ? t.n : 1;
		if (t.type != MP_ARRAY)
			item = value;
		for (size_t j = 0; j < n; j++) {
			struct dp_field *f = add_field(r, &r->d->values, &r->d->values_n);
			if (!f)
				return;
			f->key = (struct slice){key.p, key.n};
			read_value(r, f, item, end);
			item = mp_skip(item, end);
		}
		p = mp_skip(value, end);
	}
}

/* [{"id": "myX", "stringValue": "value"}] */
static void
read_wire_values(struct reading *r, const char *p, const char *end)
{
	struct dp_object *items = NULL;
	size_t n = 0;
	read_objects(r, p, end, &items, &n);
	for (size_t i = 0; i < n; i++) {
		const struct dp_field *value = dp_own_field(&items[i], SLICE("stringValue"));
		struct dp_field *f = value ? add_field(r, &r->d->values, &r->d->values_n) : NULL;
		if (f) {
			*f = *value;
			f->key = items[i].id;
		}
		free(items[i].fields);
	}
	free(items);
}

const char *
dp_read_msgpack(struct dp_definition *d, struct buf *mp)
{
	struct reading r = {d, false};
	struct mp_token map, key;
	*d = (struct dp_definition){.mp = *mp};
	*mp = (struct buf){0};
	const char *end = d->mp.p + d->mp.n, *p = d->mp.n ? mp_read(d->mp.p, end, &map) : NULL;
	const char *first = p;
	if (!p || map.type != MP_MAP)
		return "it is not a JSON object";
	bool found = false;
	for (size_t i = 0; i < map.n; i++) {
		const char *value = mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		d->is_wire |= slice_is(name, "pipelineObjects");
		found |= slice_is(name, "objects") || slice_is(name, "pipelineObjects");
		p = mp_skip(value, end);
	}
	if (!found)
		return "it has neither objects nor pipelineObjects";
	p = first;
	for (size_t i = 0; i < map.n; i++) {
		const char *value = mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		if (slice_is(name, d->is_wire ? "pipelineObjects" : "objects"))
			read_objects(&r, value, end, &d->objects, &d->objects_n);
		else if (slice_is(name, d->is_wire ? "parameterObjects" : "parameters"))
			read_objects(&r, value, end, &d->parameters, &d->parameters_n);
		else if (d->is_wire && slice_is(name, "parameterValues"))
			read_wire_values(&r, value, end);
		else if (!d->is_wire && slice_is(name, "values"))
			read_file_values(&r, value, end);
		p = mp_skip(value, end);
	}
	return r.no_memory ? "there is no memory for it" : NULL;
}

const char *
dp_read(struct dp_definition *d, struct slice json, struct json_error *error)
{
	struct buf mp = {0};
	*d = (struct dp_definition){0};
	*error = (struct json_error){0};
	if (!json_to_msgpack(json, JSON_DUPLICATES_ERROR, &mp, error)) {
		buf_free(&mp);
		return error->what ? error->what : "it is not JSON";
	}
	return dp_read_msgpack(d, &mp);
}

void
dp_free(struct dp_definition *d)
{
	for (size_t i = 0; i < d->objects_n; i++)
		free(d->objects[i].fields);
	for (size_t i = 0; i < d->parameters_n; i++)
		free(d->parameters[i].fields);
	free(d->objects);
	free(d->parameters);
	free(d->values);
	buf_free(&d->mp);
	*d = (struct dp_definition){0};
}

const struct dp_object *
dp_object(const struct dp_definition *d, struct slice id)
{
	for (size_t i = 0; i < d->objects_n; i++)
		if (slice_equal(d->objects[i].id, id))
			return &d->objects[i];
	return NULL;
}

const struct dp_field *
dp_own_field(const struct dp_object *object, struct slice key)
{
	for (size_t i = 0; i < object->n; i++)
		if (slice_equal(object->fields[i].key, key))
			return &object->fields[i];
	return NULL;
}

const struct dp_field *
dp_next_value(const struct dp_object *owner, const struct dp_field *field)
{
	for (const struct dp_field *f = field + 1; f < owner->fields + owner->n; f++)
		if (slice_equal(f->key, field->key))
			return f;
	return NULL;
}

const struct dp_field *
dp_field(const struct dp_definition *d, const struct dp_object *object, const char *key,
    const struct dp_object **owner)
{
	const struct dp_object *last = dp_object(d, SLICE("Default"));
	for (size_t i = 0; object && i < PARENTS_MAX; i++) {
		const struct dp_field *f = dp_own_field(object, slice_of(key));
		if (owner)
			*owner = object;
		if (f)
			return f;
		const struct dp_field *parent = dp_own_field(object, SLICE("parent"));
		if (parent)
			object = dp_object(d, parent->value);
		else
			object = object == last ? NULL : last;
	}
	return NULL;
}

const struct dp_object *
dp_target(const struct dp_definition *d, const struct dp_object *object, const char *key)
{
	const struct dp_field *f = dp_field(d, object, key, NULL);
	return f && f->kind == DP_VALUE_REF ? dp_object(d, f->value) : NULL;
}

static struct slice
without_star(struct slice name)
{
	return name.n && *name.p == '*' ? (struct slice){name.p + 1, name.n - 1} : name;
}

const struct dp_object *
dp_parameter_object(const struct dp_definition *d, struct slice name)
{
	for (size_t i = 0; i < d->parameters_n; i++)
		if (slice_equal(without_star(d->parameters[i].id), without_star(name)))
			return &d->parameters[i];
	return NULL;
}

const struct dp_field *
dp_parameter(const struct dp_definition *d, struct slice name)
{
	for (size_t i = 0; i < d->values_n; i++)
		if (slice_equal(without_star(d->values[i].key), without_star(name)))
			return &d->values[i];
	const struct dp_object *parameter = dp_parameter_object(d, name);
	return parameter ? dp_own_field(parameter, SLICE("default")) : NULL;
}
