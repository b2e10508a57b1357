/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/field_lookup.h"
#include "common/record/mp.h"
#include "common/stream/layout.h"
#include "common/text/nearest.h"

/* One field to look at; steps are sorted by field, so that a record is gone through once. */
struct step {
	size_t field; /* index in the schema */
	enum value_type type;
	size_t wanted;     /* index in names */
	struct slice rest; /* the path inside the value; p NULL: the value itself */
};

struct layout {
	struct schema schema;
	struct buf item;
	struct step steps[WANTED_MAX];
};

enum { LAYOUTS_MAX = 16 * 1024 * 1024 };

struct layouts {
	size_t wanted;
	struct slice names[WANTED_MAX];
	struct layout **list; /* list[0] is LAYOUT_NONE */
	size_t n;
	size_t bytes;
	struct record record;       /* for paths into records without schema */
	struct field_lookup lookup; /* of names, for the same */
	long twin; /* the field of --key that --keep, the last name, names too; or -1 */
};

struct layouts *
layouts_new(const struct option_list *names)
{
	struct layouts *s = xcalloc(1, sizeof *s);
	s->wanted = names->n;
	s->twin = -1;
	for (size_t i = 0; i < names->n; i++) {
		s->names[i] = slice_of(names->items[i]);
		long at = field_lookup_add(&s->lookup, s->names[i]);
		if (at < 0)
			die(STATUS_TRY_AGAIN, "no memory for the names of fields");
		if ((size_t)at != i)
			s->twin = at;
	}
	s->list = xcalloc(1, sizeof(struct layout *));
	s->list[0] = xcalloc(1, sizeof(struct layout));
	s->n = 1;
	return s;
}

static bool
plan_step(const struct schema *schema, struct slice name, struct step *step)
{
	long i = schema_find(schema, name);
	const char *dot = memchr(name.p, '.', name.n);
	step->rest = (struct slice){0};
	if (i < 0 && dot) {
		size_t n = (size_t)(dot - name.p);
		i = schema_find(schema, (struct slice){name.p, n});
		step->rest = (struct slice){dot + 1, name.n - n - 1};
	}
	if (i < 0)
		return false;
	step->field = (size_t)i;
	step->type = schema->fields[i].type;
	return true;
}

_Noreturn static void
no_field(const struct schema *schema, struct slice name)
{
	struct buf has = {0};
	for (size_t i = 0; i < schema->n && has.n < 500; i++) {
		buf_put_text(&has, i ? ", " : "");
		buf_put_slice(&has, schema->fields[i].name);
	}
	struct slice *names = xcalloc(schema->n + 1, sizeof *names);
	for (size_t i = 0; i < schema->n; i++)
		names[i] = schema->fields[i].name;
	struct slice near = nearest_name(name, names, schema->n);
	die(STATUS_DATA, "the schema has no field %s, but %.*s%s%s%s", quoted(name), (int)has.n,
	    has.p, near.n ? ", did you mean " : "", near.n ? quoted(near) : "", near.n ? "?" : "");
}

static int
by_field(const void *a, const void *b)
{
	size_t x = ((const struct step *)a)->field, y = ((const struct step *)b)->field;
	return x < y ? -1 : x > y;
}

static struct layout *
plan(const struct layouts *s, const struct schema *schema, struct slice item)
{
	struct layout *layout = xcalloc(1, sizeof *layout);
	schema_copy(&layout->schema, schema);
	buf_put_slice(&layout->item, item);
	buf_check(&layout->item, "a schema", NULL);
	for (size_t i = 0; i < s->wanted; i++) {
		if (!plan_step(&layout->schema, s->names[i], &layout->steps[i]))
			no_field(schema, s->names[i]);
		layout->steps[i].wanted = i;
	}
	qsort(layout->steps, s->wanted, sizeof *layout->steps, by_field);
	return layout;
}

uint32_t
layouts_add(struct layouts *s, const struct schema *schema, struct slice item)
{
	if (!schema->n)
		return LAYOUT_NONE;
	for (size_t i = s->n; i-- > 1;)
		if (slice_equal(buf_slice(&s->list[i]->item), item))
			return (uint32_t)i;
	s->bytes += sizeof(struct layout) + 2 * item.n + schema->n * sizeof(struct field);
	if (s->bytes > LAYOUTS_MAX)
		die(STATUS_DATA, "the %zu different schemas of the input take more than %d bytes",
		    s->n, LAYOUTS_MAX);
	s->list = xrealloc(s->list, (s->n + 1) * sizeof(struct layout *));
	s->list[s->n] = plan(s, schema, item);
	return (uint32_t)s->n++;
}

const struct schema *
layouts_schema(const struct layouts *s, uint32_t layout)
{
	return &s->list[layout]->schema;
}

struct slice
layouts_item(const struct layouts *s, uint32_t layout)
{
	return buf_slice(&s->list[layout]->item);
}

static void
set_missing(struct value *v)
{
	v->type = VALUE_NULL;
	v->raw = (struct slice){0};
}

/* How many values are there was checked by the stream. */
static bool
locate_array(const struct layouts *s, const struct layout *layout, struct slice record,
    const struct record_parts *parts, struct value values[WANTED_MAX])
{
	const char *end = record.p + record.n;
	struct mp_token head;
	const char *p = parts ? NULL : mp_read(record.p, end, &head);
	size_t at = 0;
	for (size_t i = 0; i < s->wanted; i++) {
		const struct step *step = &layout->steps[i];
		for (; !parts && at < step->field; at++)
			p = mp_skip(p, end);
		struct value *v = &values[step->wanted];
		if (!value_read(parts ? parts->values[step->field] : p, end, v) ||
		    (v->type != step->type && v->type != VALUE_NULL))
			return false;
		if (step->rest.p && !value_get_path(v, step->rest, v))
			set_missing(v);
	}
	return true;
}

/* The value of a field is at p. Counts in *found what it is the value of. */
static bool
take_field(struct layouts *s, size_t i, struct slice name, const char *p, const char *end,
    struct value values[WANTED_MAX], size_t *found)
{
	long k = field_lookup_at(&s->lookup, i, name);
	if (k < 0)
		return true;
	if (!value_read(p, end, &values[k]))
		return false;
	++*found;
	if (k == s->twin) {
		values[s->wanted - 1] = values[k];
		++*found;
	}
	return true;
}

/* Fields by their whole names; how many were found. */
static bool
locate_names(struct layouts *s, struct slice record, const struct record_parts *parts,
    struct value values[WANTED_MAX], size_t *found)
{
	const char *end = record.p + record.n;
	struct mp_token t, key;
	if (parts) {
		for (size_t i = 0; i < parts->n && *found < s->wanted; i++)
			if (!take_field(s, i, parts->known[parts->names[i]], parts->values[i], end,
				values, found))
				return false;
		return true;
	}
	const char *p = mp_read(record.p, end, &t);
	for (size_t i = 0; i < t.n && *found < s->wanted; i++) {
		p = mp_read(p, end, &key);
		if (!p || key.type != MP_STR ||
		    !take_field(s, i, (struct slice){key.p, key.n}, p, end, values, found))
			return false;
		p = mp_skip(p, end);
	}
	return true;
}

static bool
locate_map(struct layouts *s, struct slice record, const struct record_parts *parts,
    struct value values[WANTED_MAX])
{
	size_t found = 0;
	for (size_t k = 0; k < s->wanted; k++)
		set_missing(&values[k]);
	if (!locate_names(s, record, parts, values, &found))
		return false;
	if (found == s->wanted)
		return true;
	if (!record_read(&s->record, NULL, record, false))
		return false;
	for (size_t k = 0; k < s->wanted; k++)
		if (!values[k].raw.p && !record_get_path(&s->record, s->names[k], &values[k]))
			set_missing(&values[k]);
	return true;
}

bool
layout_locate(struct layouts *s, uint32_t layout, struct slice record,
    const struct record_parts *parts, struct value values[WANTED_MAX])
{
	if (layout == LAYOUT_NONE)
		return locate_map(s, record, parts, values);
	return locate_array(s, s->list[layout], record, parts, values);
}
