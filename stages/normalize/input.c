/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/message.h"
#include "common/mp_path.h"
#include "stages/normalize/input.h"

enum { NOBODY = -1 };

struct slot {
	struct slice name;
	uint64_t record; /* in which the value was seen last */
	struct value value;
};

/* What stood at this position of the last record, or stands there by the schema. */
struct place {
	struct slice name; /* our own copy */
	size_t cap;
	long slot; /* or NOBODY */
	enum value_type type;
};

static struct slot *slots;
static size_t n_slots;
static struct place *places;
static size_t n_places;
static uint64_t record; /* its number, from 1 */
static enum rest rest;
static struct buf rest_pairs = {.max = STREAM_RECORD_MAX};
static size_t n_rest;

static long
add_slot(struct slice name)
{
	for (size_t i = 0; i < n_slots; i++)
		if (slice_equal(slots[i].name, name))
			return (long)i;
	slots = xrealloc(slots, (n_slots + 1) * sizeof *slots);
	slots[n_slots] = (struct slot){.name = name};
	return (long)n_slots++;
}

void
input_add(struct spec *s)
{
	if (s->has[RULE_CONST])
		return;
	if (s->path) {
		s->head = add_slot(s->source);
		return;
	}
	s->whole = add_slot(s->source);
	if (s->below.p)
		s->head =
		    add_slot((struct slice){s->source.p, (size_t)(s->below.p - s->source.p) - 1});
}

void
input_set_rest(enum rest what)
{
	rest = what;
}

/* The slot of the name; looked for from where the next one is likely to be. */
static long
find_slot(struct slice name, size_t from)
{
	for (size_t i = 0; i < n_slots; i++) {
		size_t at = from + i < n_slots ? from + i : from + i - n_slots;
		if (slice_equal(slots[at].name, name))
			return (long)at;
	}
	return NOBODY;
}

static void
grow_places(size_t n)
{
	if (n <= n_places)
		return;
	places = xrealloc(places, n * sizeof *places);
	memset(places + n_places, 0, (n - n_places) * sizeof *places);
	for (size_t i = n_places; i < n; i++)
		places[i].slot = NOBODY;
	n_places = n;
}

static void
set_place(struct place *place, struct slice name, long slot)
{
	if (name.n > place->cap || !place->cap) {
		char *room = xrealloc((void *)(uintptr_t)place->name.p, name.n + 32);
		place->cap = name.n + 32;
		place->name.p = room;
	}
	memcpy((void *)(uintptr_t)place->name.p, name.p, name.n);
	place->name.n = name.n;
	place->slot = slot;
}

void
input_schema(const struct schema *schema)
{
	grow_places(schema->n);
	for (size_t i = 0; i < schema->n; i++) {
		set_place(&places[i], schema->fields[i].name,
		    find_slot(schema->fields[i].name, i < n_slots ? i : 0));
		places[i].type = schema->fields[i].type;
	}
}

bool
input_may_have(const struct spec *s, const struct schema *schema)
{
	return (s->whole >= 0 && schema_find(schema, slots[s->whole].name) >= 0) ||
	       (s->head >= 0 && schema_find(schema, slots[s->head].name) >= 0);
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
	grow_places(pairs);
	long last = NOBODY;
	for (size_t i = 0; i < pairs; i++) {
		struct place *place = &places[i];
		struct mp_token key;
		p = mp_read(p, end, &key);
		if (!p || key.type != MP_STR || key.n > NAME_MAX_BYTES)
			return false;
		struct slice name = {key.p, key.n};
		if (!place->cap || place->name.n != name.n ||
		    memcmp(place->name.p, name.p, name.n) != 0)
			set_place(place, name,
			    find_slot(name, (size_t)(last + 1) < n_slots ? (size_t)(last + 1) : 0));
		if (place->slot == NOBODY) {
			p = pass_over(p, end, name, surplus);
			continue;
		}
		last = place->slot;
		struct slot *slot = &slots[place->slot];
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
		struct slot *slot = &slots[place->slot];
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

static const struct value *
find_below(const struct spec *s, const struct value *json)
{
	static struct value v;
	struct slice raw;
	bool found = false;
	if (json->type != VALUE_JSON)
		return NULL;
	if (!s->path)
		found = value_get_path(json, s->below, &v);
	else if (mp_path_get(json->raw, s->path, &raw))
		found = value_read(raw.p, raw.p + raw.n, &v) != NULL;
	return found ? &v : NULL;
}

const struct value *
input_get(const struct spec *s)
{
	if (s->whole >= 0 && slots[s->whole].record == record)
		return &slots[s->whole].value;
	if (s->head < 0 || slots[s->head].record != record)
		return NULL;
	return find_below(s, &slots[s->head].value);
}

void
input_put_rest(struct buf *out)
{
	mp_buf_map(out, n_rest);
	buf_put_slice(out, buf_slice(&rest_pairs));
}
