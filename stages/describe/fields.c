/* SPDX-License-Identifier: MIT */
#include "stages/describe/fields.h"
#include "common/program/message.h"

enum {
	TABLES_BYTES = 32 * 1024 * 1024, /* of exact counts of all fields */
	NOWHERE = -1,
};

static struct described *fields;
static size_t n_fields;
static struct distinct_budget budget = {TABLES_BYTES};
static uint64_t beyond, schemas;
/* Of the schema in force: the fields of its values. Of maps: those of the known names. */
static long *under_schema, *of_known;
static size_t n_of_known;
static uint64_t shape; /* of the names that of_known is about */

/* The field of that name, new perhaps; looked for first at hint. */
static long
field_of(struct slice name, size_t hint)
{
	if (hint < n_fields && slice_equal(fields[hint].name, name))
		return (long)hint;
	for (size_t i = 0; i < n_fields; i++)
		if (slice_equal(fields[i].name, name))
			return (long)i;
	if (n_fields == FIELDS_MAX)
		return NOWHERE;
	char *copy = xmalloc(name.n + 1);
	if (name.n)
		memcpy(copy, name.p, name.n);
	fields = xrealloc(fields, (n_fields + 1) * sizeof *fields);
	fields[n_fields] = (struct described){.name = {copy, name.n}};
	return (long)n_fields++;
}

void
fields_schema(const struct schema *schema)
{
	static struct schema last;
	under_schema = xrealloc(under_schema, (schema->n + 1) * sizeof *under_schema);
	schemas += !schemas || !schema_equal(schema, &last);
	schema_copy(&last, schema);
	for (size_t i = 0; i < schema->n; i++) {
		under_schema[i] = field_of(schema->fields[i].name, i);
		if (under_schema[i] != NOWHERE)
			fields[under_schema[i]].types |= 1u << schema->fields[i].type;
	}
}

static void
learn_shape(const struct record_parts *parts)
{
	if (parts->n_known > n_of_known) {
		n_of_known = parts->n_known;
		of_known = xrealloc(of_known, n_of_known * sizeof *of_known);
	}
	for (size_t i = 0; i < parts->n_known; i++)
		of_known[i] = field_of(parts->known[i], i);
	shape = parts->shape;
}

/* Values that are looked at before the first of them is counted. */
enum { AT_ONCE = 16 };

static void
add_some(const struct record_parts *parts, const long *at, size_t n, const char *end, size_t from)
{
	struct profile_look looks[AT_ONCE];
	for (size_t i = 0; i < n; i++)
		if (at[i] != NOWHERE && value_read(parts->values[from + i], end, &looks[i].v))
			profile_look(&fields[at[i]].profile, &looks[i]);
	for (size_t i = 0; i < n; i++) {
		if (at[i] == NOWHERE) {
			beyond++;
			continue;
		}
		struct described *f = &fields[at[i]];
		f->values++;
		profile_add(&f->profile, &looks[i], &budget);
		if (f->profile.failed)
			die(STATUS_TRY_AGAIN, "no memory for the values of %s", quoted(f->name));
	}
}

void
fields_add(const struct schema *schema, const struct record_parts *parts, struct slice raw)
{
	const char *end = raw.p + raw.n;
	long at[AT_ONCE];
	if (!schema->n && parts->shape != shape)
		learn_shape(parts);
	for (size_t from = 0; from < parts->n; from += AT_ONCE) {
		size_t n = parts->n - from < AT_ONCE ? parts->n - from : AT_ONCE;
		for (size_t i = 0; i < n; i++)
			at[i] =
			    schema->n ? under_schema[from + i] : of_known[parts->names[from + i]];
		add_some(parts, at, n, end, from);
	}
}

size_t
fields_count(void)
{
	return n_fields;
}

const struct described *
fields_at(size_t i)
{
	return &fields[i];
}

uint64_t
fields_schemas(void)
{
	return schemas;
}

uint64_t
fields_beyond(void)
{
	return beyond;
}
