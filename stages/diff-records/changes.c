/* SPDX-License-Identifier: MIT */
#include "stages/diff-records/changes.h"
#include "common/program/message.h"
#include "common/record/mp.h"

static const char *const own[] = {"change", "field", "old", "new"};

void
changes_init(struct changes *c, const struct option_list *names)
{
	c->names = names;
	for (size_t i = 0; i < names->n; i++) {
		for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
			if (strcmp(names->items[i], own[k]) == 0)
				die(STATUS_USAGE,
				    "--key: %s is the name of a field of the output: put "
				    "normalize before, and give it another name",
				    quoted(slice_of(names->items[i])));
		if (field_lookup_add(&c->key_names, slice_of(names->items[i])) < 0)
			die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	}
}

static void
put_value(struct buf *b, const struct value *v)
{
	if (v->type == VALUE_NULL)
		mp_buf_nil(b);
	else
		buf_put_slice(b, v->raw);
}

/* The values of the key; null where there is none. */
static void
put_keys(struct changes *c, const struct side *s)
{
	static struct value values[WANTED_MAX];
	if (s)
		layout_locate(c->keys->layouts, s->item.layout, s->item.raw, NULL, values);
	for (size_t i = 0; i < c->names->n; i++) {
		struct slice name = slice_of(c->names->items[i]);
		mp_buf_str(&c->record, name);
		/* --by may have changed the order of the fields. */
		size_t k = 0;
		while (!slice_equal(c->keys->list[k].name, name))
			k++;
		if (s)
			put_value(&c->record, &values[k]);
		else
			mp_buf_nil(&c->record);
	}
}

/* Up to the field's name; old and new must follow. */
static void
begin(struct changes *c, const char *change, const struct side *s, struct slice field)
{
	buf_reset(&c->record);
	mp_buf_map(&c->record, 4 + c->names->n);
	mp_buf_str(&c->record, SLICE("change"));
	mp_buf_str(&c->record, slice_of(change));
	put_keys(c, s);
	mp_buf_str(&c->record, SLICE("field"));
	if (field.p)
		mp_buf_str(&c->record, field);
	else
		mp_buf_nil(&c->record);
}

static void
end(struct changes *c)
{
	buf_check(&c->record, "a difference", NULL);
	stream_out_record(c->out, buf_slice(&c->record));
}

/* The name of a type; null if it is not known or the field is not there. */
static void
put_type(struct buf *b, bool there, enum value_type type)
{
	if (there && type != VALUE_NULL)
		mp_buf_str(b, slice_of(value_type_name(type)));
	else
		mp_buf_nil(b);
}

/* What differs about a field. */
struct field_change {
	struct slice name;
	bool there[2];
	enum value_type types[2];
};

static void
send_field(struct changes *c, const struct field_change *f)
{
	begin(c,
	    !f->there[0]  ? "field-added"
	    : f->there[1] ? "field-type"
			  : "field-removed",
	    NULL, f->name);
	mp_buf_str(&c->record, SLICE("old"));
	put_type(&c->record, f->there[0], f->types[0]);
	mp_buf_str(&c->record, SLICE("new"));
	put_type(&c->record, f->there[1], f->types[1]);
	end(c);
}

static void
say_field(const struct field_change *f, const struct side *old, const struct side *new)
{
	if (f->there[0] && f->there[1])
		message("field %s is of type %s in %s, %s in %s", quoted(f->name),
		    value_type_name(f->types[0]), old->name, value_type_name(f->types[1]),
		    new->name);
	else
		message(
		    "field %s is only in %s", quoted(f->name), f->there[0] ? old->name : new->name);
}

/* Fields of one side that the other has not, and on the first call those of another type. */
static uint64_t
compare_fields(struct changes *c, const struct side *sides[2], int which, bool say)
{
	uint64_t n = 0;
	const struct side *own_side = sides[which], *other = sides[!which];
	for (size_t i = 0; i < own_side->fields.n; i++) {
		struct field_change f = {.name = own_side->fields.names[i]};
		f.there[which] = true;
		f.types[which] = own_side->types[i];
		f.there[!which] = side_has(other, f.name, &f.types[!which]);
		bool known = f.types[0] != VALUE_NULL && f.types[1] != VALUE_NULL;
		if (f.there[!which] && (which || !known || f.types[0] == f.types[1]))
			continue;
		if (say)
			say_field(&f, sides[0], sides[1]);
		else
			send_field(c, &f);
		n++;
	}
	return n;
}

uint64_t
changes_fields(struct changes *c, const struct side *old, const struct side *new, bool say)
{
	const struct side *sides[2] = {old, new};
	if (!old->fields.n || !new->fields.n)
		return 0;
	uint64_t n = compare_fields(c, sides, 0, say);
	return n + compare_fields(c, sides, 1, say);
}

static void
take_field(void *to, struct slice name, const struct value *old, const struct value *new)
{
	struct changes *c = to;
	if (values_equal(old, new))
		return;
	begin(c, "changed", c->side, name);
	mp_buf_str(&c->record, SLICE("old"));
	put_value(&c->record, old);
	mp_buf_str(&c->record, SLICE("new"));
	put_value(&c->record, new);
	end(c);
	c->differing++;
}

bool
changes_pair(struct changes *c, const struct side *old)
{
	c->side = old;
	c->differing = 0;
	comparison_each(c->comparison, take_field, c);
	return c->differing > 0;
}

/* All fields but those of the key, as a map. */
static void
put_rest(struct changes *c, const struct record *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += field_lookup_at(&c->key_names, i, r->cells[i].name) < 0;
	mp_buf_map(&c->record, n);
	for (size_t i = 0; i < r->n; i++) {
		if (field_lookup_at(&c->key_names, i, r->cells[i].name) >= 0)
			continue;
		mp_buf_str(&c->record, r->cells[i].name);
		put_value(&c->record, &r->cells[i].value);
	}
}

void
changes_single(struct changes *c, int which, const struct side *s)
{
	const struct record *r = comparison_read(c->comparison, which, s);
	begin(c, which ? "added" : "removed", s, (struct slice){0});
	mp_buf_str(&c->record, SLICE("old"));
	if (which)
		mp_buf_nil(&c->record);
	else
		put_rest(c, r);
	mp_buf_str(&c->record, SLICE("new"));
	if (which)
		put_rest(c, r);
	else
		mp_buf_nil(&c->record);
	end(c);
}
