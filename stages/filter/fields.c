/* SPDX-License-Identifier: MIT */
#include "stages/filter/fields.h"
#include "common/program/message.h"
#include "common/stream/missing.h"

/* A field of the conditions, or the path to it. */
struct place {
	struct slice head;  /* the part of the name before its first dot … */
	struct slice below; /* … and the path after it; p NULL: the name has no path */
	/* Under a schema: its field, or the field that the path begins in; -1: neither. In maps: where it was last. */
	long at, at_head;
	/* In maps: the name's number among the known ones, or -1. */
	long known, known_head;
	bool found;
};

static const struct predicate *p;
static struct place *places;
static struct value *values;
static enum value_type *types;
static bool under_schema;
static uint64_t maps;  /* records without a schema */
static uint64_t shape; /* of the names that known is about */

void
fields_init(const struct predicate *predicate)
{
	p = predicate;
	places = xcalloc(p->n_fields + 1, sizeof *places);
	values = xcalloc(p->n_fields + 1, sizeof *values);
	types = xcalloc(p->n_fields + 1, sizeof *types);
	for (size_t i = 0; i < p->n_fields; i++) {
		struct slice name = p->fields[i].name;
		const char *dot =
		    name.n && !p->fields[i].whole ? memchr(name.p, '.', name.n) : NULL;
		if (!dot)
			continue;
		places[i].head = (struct slice){name.p, (size_t)(dot - name.p)};
		places[i].below = (struct slice){dot + 1, name.n - places[i].head.n - 1};
	}
}

/* Each test of a field can be asked of its type. */
static void
check_type(size_t field, enum value_type type)
{
	struct buf why = {0};
	for (size_t i = 0; i < p->n; i++)
		if (p->tests[i].field == field && !predicate_fits(p, &p->tests[i], type, &why)) {
			buf_put_byte(&why, '\0');
			buf_check(&why, "a message", NULL);
			die(STATUS_DATA, "field %s %s", quoted(p->fields[field].name), why.p);
		}
}

static void
bind(size_t i, const struct schema *schema)
{
	struct place *place = &places[i];
	place->at = schema_find(schema, p->fields[i].name);
	place->at_head = place->at < 0 && place->below.p ? schema_find(schema, place->head) : -1;
	types[i] = VALUE_NULL;
	if (place->at >= 0) {
		types[i] = schema->fields[place->at].type;
		check_type(i, types[i]);
		return;
	}
	if (place->at_head >= 0 && schema->fields[place->at_head].type == VALUE_JSON)
		return;
	if (!p->fields[i].must_be)
		return;
	missing_keep_schema(schema);
	if (place->at_head >= 0)
		die(STATUS_DATA, "field %s is %s %s and has no members, such as %s",
		    quoted(place->head),
		    schema->fields[place->at_head].type == VALUE_INT ? "an" : "a",
		    value_type_name(schema->fields[place->at_head].type), quoted(place->below));
	die(STATUS_DATA, "the input has no field %s%s", quoted(p->fields[i].name),
	    missing_explain(p->fields[i].name));
}

void
fields_schema(const struct schema *schema)
{
	under_schema = true;
	for (size_t i = 0; i < p->n_fields; i++)
		bind(i, schema);
}

void
fields_no_schema(void)
{
	if (!under_schema)
		return;
	under_schema = false;
	shape = 0;
	for (size_t i = 0; i < p->n_fields; i++)
		types[i] = VALUE_NULL;
}

const enum value_type *
fields_types(void)
{
	return types;
}

static long
known_name(const struct record_parts *parts, struct slice name)
{
	for (size_t i = 0; i < parts->n_known; i++)
		if (slice_equal(parts->known[i], name))
			return (long)i;
	return -1;
}

static void
learn_shape(const struct record_parts *parts)
{
	shape = parts->shape;
	for (size_t i = 0; i < p->n_fields; i++) {
		struct place *place = &places[i];
		place->known = known_name(parts, p->fields[i].name);
		place->known_head = place->below.p ? known_name(parts, place->head) : -1;
		place->at = place->at_head = 0;
	}
}

/* Where the known name is in this record, looked for first where it was last; -1: nowhere. */
static long
find(const struct record_parts *parts, long known, long *last)
{
	if (known < 0)
		return -1;
	if ((size_t)*last < parts->n && parts->names[*last] == known)
		return *last;
	for (size_t i = 0; i < parts->n; i++)
		if (parts->names[i] == known)
			return *last = (long)i;
	return -1;
}

/* The value of a place: that of field at, or at the path in field head; else it is missing. */
static bool
read_place(const struct record_parts *parts, const char *end, const struct place *place, long at,
    long head, struct value *v)
{
	if (at >= 0)
		return value_read(parts->values[at], end, v) != NULL;
	struct value whole;
	return head >= 0 && value_read(parts->values[head], end, &whole) &&
	       whole.type == VALUE_JSON && value_get_path(&whole, place->below, v);
}

const struct value *
fields_read(const struct record_parts *parts, struct slice raw)
{
	const char *end = raw.p + raw.n;
	if (!under_schema) {
		maps++;
		if (parts->shape != shape)
			learn_shape(parts);
	}
	for (size_t i = 0; i < p->n_fields; i++) {
		struct place *place = &places[i];
		long at = place->at, head = place->at_head;
		if (!under_schema) {
			at = find(parts, place->known, &place->at);
			head = at < 0 ? find(parts, place->known_head, &place->at_head) : -1;
		}
		if (read_place(parts, end, place, at, head, &values[i]))
			place->found = true;
		else
			values[i] = (struct value){.type = VALUE_NULL};
	}
	if (maps == 1)
		missing_keep_names(raw);
	return values;
}

void
fields_check_found(void)
{
	for (size_t i = 0; maps && i < p->n_fields; i++)
		if (p->fields[i].must_be && !places[i].found)
			die(STATUS_DATA, "no record has a field %s%s", quoted(p->fields[i].name),
			    missing_explain(p->fields[i].name));
}
