/* SPDX-License-Identifier: MIT */
#include "stages/normalize/input.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "stages/normalize/lookup.h"

/* A field of the schema in force, or a name that the records without schema have. */
struct place {
	struct slice name; /* the memory of the schema, or of the stream */
	long slot;         /* or NOBODY */
	bool is_rest;      /* no source names it */
};

static struct lookup fields; /* of the record itself */
static struct place *places;
static uint64_t shape;  /* of the records without schema that places is for; 0: none */
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
		s->head = lookup_add(&fields, s->source);
		return;
	}
	s->whole = lookup_add(&fields, s->source);
	struct slot *slot = &fields.slots[s->whole];
	slot->kept |= s->kept;
	slot->asked |= !s->kept;
	shape = 0; /* what places say of the name may be wrong now */
	if (!s->below.p)
		return;
	struct slice first = {s->source.p, (size_t)(s->below.p - s->source.p) - 1};
	s->head = lookup_add(&fields, first);
	s->below_whole = lookup_add_below(&fields, s->head, s->below);
	struct slice second = path_head(s->below, &s->deeper);
	if (s->deeper.p)
		s->below_head = lookup_add_below(&fields, s->head, second);
}

void
input_set_rest(enum rest what)
{
	rest = what;
}

void
input_drop(struct slice name)
{
	long slot = lookup_add(&fields, name);
	fields.slots[slot].asked = true;
}

void
input_keep_none(void)
{
	for (size_t i = 0; i < fields.n_slots; i++)
		fields.slots[i].kept = false;
	shape = 0;
}

bool
input_had(struct slice name)
{
	long slot = lookup_add(&fields, name);
	return fields.slots[slot].record > 0;
}

static void
set_places(size_t n)
{
	places = xrealloc(places, (n ? n : 1) * sizeof *places);
}

static void
set_place(size_t i, struct slice name)
{
	long at = field_lookup_at(&fields.names, i, name);
	const struct slot *slot = at == NOBODY ? NULL : &fields.slots[at];
	bool is_rest = !slot || (rest == REST_KEEP && !slot->asked && !slot->kept);
	places[i] = (struct place){name, at, is_rest};
}

/* The names of records without schema have changed. */
static void
learn_names(const struct record_parts *parts)
{
	set_places(parts->n_known);
	for (size_t i = 0; i < parts->n_known; i++)
		set_place(i, parts->known[i]);
	shape = parts->shape;
}

void
input_schema(const struct schema *schema)
{
	set_places(schema->n);
	for (size_t i = 0; i < schema->n; i++)
		set_place(i, schema->fields[i].name);
	shape = 0;
}

bool
input_may_have(const struct spec *s, const struct schema *schema)
{
	return (s->whole >= 0 && schema_find(schema, fields.slots[s->whole].name) >= 0) ||
	       (s->head >= 0 && schema_find(schema, fields.slots[s->head].name) >= 0);
}

/* A field that no source names, with its value at p. */
static void
pass_over(const char *p, const char *end, struct slice name, struct slice *surplus)
{
	if (rest == REST_JSON) {
		mp_buf_str(&rest_pairs, name);
		buf_put(&rest_pairs, p, (size_t)(mp_skip(p, end) - p));
		n_rest++;
	} else if (rest != REST_DROP && !surplus->p) {
		*surplus = name;
	}
}

void
input_read(const struct record_parts *parts, struct slice raw, const struct schema *schema,
    uint64_t number, struct slice *surplus)
{
	const char *end = raw.p + raw.n;
	*surplus = (struct slice){0};
	buf_reset(&rest_pairs);
	n_rest = 0;
	record = number;
	if (!schema->n && parts->shape != shape)
		learn_names(parts);
	for (size_t i = 0; i < parts->n; i++) {
		const struct place *place = &places[schema->n ? i : parts->names[i]];
		if (place->is_rest)
			pass_over(parts->values[i], end, place->name, surplus);
		if (place->slot == NOBODY)
			continue;
		struct slot *slot = &fields.slots[place->slot];
		slot->record = record;
		value_read(parts->values[i], end, &slot->value);
	}
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
	if (!lookup_read_below(head, record))
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
