/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "stages/normalize/input.h"
#include "stages/normalize/shape.h"

/* A field of the schema in force. */
struct place {
	struct slice name; /* the schema's memory */
	long slot;         /* or NOBODY */
	enum value_type type;
};

static struct shape fields; /* of the record itself */
static struct place *places;
static uint64_t record; /* its number, from 1 */
static enum rest rest;
static struct buf rest_pairs = {.max = STREAM_RECORD_MAX};
static size_t n_rest;

/*
 * The part of the path before its first dot; *rest is what follows, p NULL if
 * there is no dot.
 */
static struct slice
path_head(struct slice path, struct slice *behind)
{
	const char *dot = memchr(path.p, '.', path.n);
	*behind = (struct slice){0};
	if (!dot)
		return path;
	size_t n = (size_t)(dot - path.p);
	*behind = (struct slice){dot + 1, path.n - n - 1};
	return (struct slice){path.p, n};
}

void
input_add(struct spec *s)
{
	if (s->has[RULE_CONST])
		return;
	if (s->path) {
		s->head = shape_add(&fields, s->source);
		return;
	}
	s->whole = shape_add(&fields, s->source);
	if (!s->below.p)
		return;
	struct slice first = {s->source.p, (size_t)(s->below.p - s->source.p) - 1};
	s->head = shape_add(&fields, first);
	s->below_whole = shape_add_below(&fields, s->head, s->below);
	struct slice second = path_head(s->below, &s->deeper);
	if (s->deeper.p)
		s->below_head = shape_add_below(&fields, s->head, second);
}

void
input_set_rest(enum rest what)
{
	rest = what;
}

void
input_schema(const struct schema *schema)
{
	places = xrealloc(places, schema->n * sizeof *places);
	for (size_t i = 0; i < schema->n; i++) {
		const struct field *f = &schema->fields[i];
		places[i] = (struct place){
		    .slot = field_lookup_at(&fields.lookup, i, f->name),
		    .type = f->type,
		    .name = f->name,
		};
	}
}

bool
input_may_have(const struct spec *s, const struct schema *schema)
{
	return (s->whole >= 0 && schema_find(schema, fields.slots[s->whole].name) >= 0) ||
	       (s->head >= 0 && schema_find(schema, fields.slots[s->head].name) >= 0);
}

/* A field that no source names. */
static const char *
pass_over(const char *p, const char *end, struct slice name, struct slice *surplus)
{
	const char *next = mp_skip(p, end);
	if (rest == REST_JSON) {
		mp_buf_str(&rest_pairs, name);
		buf_put(&rest_pairs, p, (size_t)(next - p));
		n_rest++;
	} else if (rest == REST_ERROR && !surplus->p) {
		*surplus = name;
	}
	return next;
}

static bool
read_pairs(const char *p, const char *end, size_t pairs, struct slice *surplus)
{
	if (pairs > FIELDS_MAX)
		return false;
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		p = mp_read(p, end, &key);
		if (!p || key.type != MP_STR || key.n > NAME_MAX_BYTES)
			return false;
		struct slice name = {key.p, key.n};
		long at = field_lookup_at(&fields.lookup, i, name);
		if (at == NOBODY) {
			p = pass_over(p, end, name, surplus);
			continue;
		}
		struct slot *slot = &fields.slots[at];
		if (slot->record == record)
			die(STATUS_DATA, "record %" PRIu64 ": %s: the name occurs twice", record,
			    quoted(name));
		slot->record = record;
		p = value_read(p, end, &slot->value);
		if (!p || slot->value.type == VALUE_BAD)
			return false;
	}
	return true;
}

static bool
read_values(const char *p, const char *end, size_t n, struct slice *surplus)
{
	for (size_t i = 0; i < n; i++) {
		const struct place *place = &places[i];
		if (place->slot == NOBODY) {
			p = pass_over(p, end, place->name, surplus);
			continue;
		}
		struct slot *slot = &fields.slots[place->slot];
		slot->record = record;
		p = value_read(p, end, &slot->value);
		if (!p || (slot->value.type != place->type && slot->value.type != VALUE_NULL))
			return false;
	}
	return true;
}

bool
input_read(struct slice raw, const struct schema *schema, uint64_t number, struct slice *surplus)
{
	const char *end = raw.p + raw.n;
	struct mp_token t;
	*surplus = (struct slice){0};
	buf_reset(&rest_pairs);
	n_rest = 0;
	record = number;
	const char *p = mp_read(raw.p, end, &t);
	if (t.type == MP_ARRAY && t.n == schema->n)
		return read_values(p, end, t.n, surplus);
	return t.type == MP_MAP && read_pairs(p, end, t.n, surplus);
}

/* What the paths that are not two names in two objects lead to. */
static const struct value *
follow(const struct value *json, struct slice path)
{
	static struct value v;
	return json->type == VALUE_JSON && value_get_path(json, path, &v) ? &v : NULL;
}

static const struct value *
follow_quoted(const struct value *json, const struct json_path *path)
{
	static struct value v;
	struct slice raw;
	if (json->type != VALUE_JSON || !mp_path_get(json->raw, path, &raw))
		return NULL;
	return value_read(raw.p, raw.p + raw.n, &v) ? &v : NULL;
}

static const struct value *
find_below(const struct spec *s, struct slot *head)
{
	if (s->path)
		return follow_quoted(&head->value, s->path);
	if (head->value.type != VALUE_JSON)
		return NULL;
	if (!shape_read_below(head, record))
		return follow(&head->value, s->below);
	const struct slot *slots = head->below->slots;
	if (slots[s->below_whole].record == record)
		return &slots[s->below_whole].value;
	if (s->below_head == NOBODY || slots[s->below_head].record != record)
		return NULL;
	return follow(&slots[s->below_head].value, s->deeper);
}

const struct value *
input_get(const struct spec *s)
{
	if (s->whole != NOBODY && fields.slots[s->whole].record == record)
		return &fields.slots[s->whole].value;
	if (s->head == NOBODY || fields.slots[s->head].record != record)
		return NULL;
	return find_below(s, &fields.slots[s->head]);
}

void
input_put_rest(struct buf *out)
{
	mp_buf_map(out, n_rest);
	buf_put_slice(out, buf_slice(&rest_pairs));
}
