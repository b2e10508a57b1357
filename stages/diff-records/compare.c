/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "common/program/message.h"
#include "stages/diff-records/compare.h"

static bool
is_nan(const struct value *v)
{
	return v->type == VALUE_FLOAT && isnan(v->f);
}

bool
values_equal(const struct value *a, const struct value *b)
{
	const char *why;
	if (a->type == VALUE_NULL || b->type == VALUE_NULL)
		return a->type == b->type;
	if (a->type == VALUE_JSON || b->type == VALUE_JSON)
		return a->type == b->type && slice_equal(a->raw, b->raw);
	if (is_nan(a) || is_nan(b))
		return is_nan(a) && is_nan(b);
	return order_family(a, &why) == order_family(b, &why) && order_compare(a, b) == 0;
}

static void
skip(struct comparison *c, struct slice name)
{
	if (field_lookup_add(&c->skipped[0], name) < 0 ||
	    field_lookup_add(&c->skipped[1], name) < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
}

/* The fields of one side that the other has not. */
static void
skip_others(struct comparison *c, const struct side *one, const struct side *other)
{
	enum value_type type;
	for (size_t i = 0; i < one->fields.n; i++)
		if (!side_has(other, one->fields.names[i], &type))
			skip(c, one->fields.names[i]);
}

void
comparison_init(struct comparison *c, const struct sort_keys *keys,
    const struct option_list *ignored, const struct side *old, const struct side *new)
{
	enum value_type type;
	c->layouts = keys->layouts;
	for (size_t i = 0; i < keys->n; i++)
		skip(c, keys->list[i].name);
	for (size_t i = 0; i < ignored->n; i++) {
		struct slice name = slice_of(ignored->items[i]);
		if (old->fields.n && new->fields.n && !side_has(old, name, &type) &&
		    !side_has(new, name, &type))
			die(STATUS_DATA, "--ignore: neither %s nor %s has a field %s", old->name,
			    new->name, quoted(name));
		skip(c, name);
	}
	skip_others(c, old, new);
	skip_others(c, new, old);
}

const struct record *
comparison_read(struct comparison *c, int which, const struct side *s)
{
	const struct schema *schema = layouts_schema(c->layouts, s->item.layout);
	if (!record_read(&c->records[which], schema, s->item.raw, false))
		die(STATUS_BUG, "a record was checked and cannot be read");
	return &c->records[which];
}

bool
comparison_wants(struct comparison *c, int which, size_t position, struct slice name)
{
	return field_lookup_at(&c->skipped[which], position, name) < 0;
}

void
comparison_each(struct comparison *c, comparison_field *call, void *to)
{
	static const struct value missing = {.type = VALUE_NULL};
	const struct record *old = &c->records[0], *new = &c->records[1];
	for (size_t i = 0; i < old->n; i++) {
		struct slice name = old->cells[i].name;
		if (!comparison_wants(c, 0, i, name))
			continue;
		long at = record_find(new, name, i);
		call(to, name, &old->cells[i].value, at < 0 ? &missing : &new->cells[at].value);
	}
	for (size_t i = 0; i < new->n; i++) {
		struct slice name = new->cells[i].name;
		if (comparison_wants(c, 1, i, name) && record_find(old, name, i) < 0)
			call(to, name, &missing, &new->cells[i].value);
	}
}
