/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/singer.h"
#include "common/json/value_text.h"
#include "common/record/mp.h"
#include "common/text/decimal.h"

/* What the alternatives of a property allow, together. */
struct allowed {
	bool null, boolean, integer, number, string, container, any;
	bool formats; /* a string was there, and format is that of all of them */
	struct slice format;
	struct slice low, high, multiple, length;
	bool low_excluded, high_excluded;
};

/* Reads the first token of an object, which may be missing: NULL then. */
static const char *
open_object(struct slice s, struct mp_token *t, const char **end)
{
	if (!s.n)
		return NULL;
	*end = s.p + s.n;
	return mp_read(s.p, *end, t);
}

struct slice
singer_member(struct slice map, const char *name)
{
	struct mp_token t, key;
	const char *end, *p = open_object(map, &t, &end);
	if (!p || t.type != MP_MAP)
		return (struct slice){0};
	for (size_t i = 0; i < t.n; i++) {
		const char *value = mp_read(p, end, &key);
		p = mp_skip(value, end);
		if (key.type == MP_STR && slice_is((struct slice){key.p, key.n}, name))
			return (struct slice){value, (size_t)(p - value)};
	}
	return (struct slice){0};
}

/* The text of a msgpack string; empty if it is something else. */
static struct slice
text_of(struct slice s)
{
	struct mp_token t;
	if (!s.n || !mp_read(s.p, s.p + s.n, &t) || t.type != MP_STR)
		return (struct slice){0};
	return (struct slice){t.p, t.n};
}

static void
allow_string(struct allowed *a, struct slice schema)
{
	struct slice format = text_of(singer_member(schema, "format"));
	/* Where one of several strings has no format, a value need not have it either. */
	if (a->formats && !slice_equal(a->format, format))
		format = (struct slice){0};
	a->format = format;
	a->formats = true;
	a->string = true;
	a->length = singer_member(schema, "maxLength");
}

static const char *
allow_type(struct allowed *a, struct slice type, struct slice schema)
{
	if (slice_is(type, "null"))
		a->null = true;
	else if (slice_is(type, "boolean"))
		a->boolean = true;
	else if (slice_is(type, "integer"))
		a->integer = true;
	else if (slice_is(type, "number"))
		a->number = true;
	else if (slice_is(type, "string"))
		allow_string(a, schema);
	else if (slice_is(type, "object") || slice_is(type, "array"))
		a->container = true;
	else
		return "has an unknown type in its schema";
	return NULL;
}

/* minimum, or exclusiveMinimum as a number; as a flag it changes minimum. */
static struct slice
limit(struct slice schema, const char *plain, const char *exclusive, bool *excluded)
{
	struct slice beyond = singer_member(schema, exclusive), at = singer_member(schema, plain);
	struct mp_token t;
	*excluded = beyond.n > 0;
	if (!beyond.n || !mp_read(beyond.p, beyond.p + beyond.n, &t))
		return at;
	if (t.type == MP_BOOL) {
		*excluded = t.b;
		return at;
	}
	return beyond;
}

static const char *
allow_types(struct allowed *a, struct slice schema)
{
	struct slice type = singer_member(schema, "type");
	struct mp_token t;
	const char *end, *p = open_object(type, &t, &end);
	const char *wrong = NULL;
	if (!p) {
		a->any = true;
		return NULL;
	}
	if (t.type == MP_STR)
		wrong = allow_type(a, (struct slice){t.p, t.n}, schema);
	else if (t.type != MP_ARRAY)
		wrong = "has an unknown type in its schema";
	for (size_t i = 0; !wrong && t.type == MP_ARRAY && i < t.n; i++) {
		const char *next = mp_skip(p, end);
		wrong = allow_type(a, text_of((struct slice){p, (size_t)(next - p)}), schema);
		p = next;
	}
	a->low = limit(schema, "minimum", "exclusiveMinimum", &a->low_excluded);
	a->high = limit(schema, "maximum", "exclusiveMaximum", &a->high_excluded);
	struct slice multiple = singer_member(schema, "multipleOf");
	if (multiple.n)
		a->multiple = multiple;
	return wrong;
}

/* anyOf, oneOf: each is an alternative; one level of them. */
static const char *
allow_all(struct allowed *a, struct slice schema)
{
	struct slice list = singer_member(schema, "anyOf");
	struct mp_token t;
	if (!list.n)
		list = singer_member(schema, "oneOf");
	const char *end, *p = open_object(list, &t, &end);
	if (!p)
		return allow_types(a, schema);
	if (t.type != MP_ARRAY)
		return "has alternatives that are not a list in its schema";
	const char *wrong = NULL;
	for (size_t i = 0; !wrong && i < t.n; i++) {
		const char *next = mp_skip(p, end);
		wrong = allow_types(a, (struct slice){p, (size_t)(next - p)});
		p = next;
	}
	return wrong;
}

static enum singer_form
string_form(const struct allowed *a)
{
	if (slice_is(a->format, "date-time"))
		return SINGER_DATE_TIME;
	if (slice_is(a->format, "date"))
		return SINGER_DATE;
	return slice_is(a->format, "singer.decimal") ? SINGER_DECIMAL : SINGER_TEXT;
}

static enum singer_form
form_of(const struct allowed *a, const struct singer_choices *choices)
{
	int kinds = a->boolean + (a->integer || a->number) + a->string + a->container;
	if (a->any || kinds > 1)
		return SINGER_MIXED;
	if (a->boolean)
		return SINGER_BOOL;
	if (a->number)
		return a->multiple.n || choices->number_decimal ? SINGER_DECIMAL : SINGER_FLOAT;
	if (a->integer)
		return SINGER_INT;
	if (a->container)
		return SINGER_JSON;
	return a->string ? string_form(a) : SINGER_TEXT;
}

static enum value_type
type_of(enum singer_form form, const struct singer_choices *choices)
{
	switch (form) {
	case SINGER_BOOL:
		return VALUE_BOOL;
	case SINGER_INT:
		return VALUE_INT;
	case SINGER_FLOAT:
		return VALUE_FLOAT;
	case SINGER_DECIMAL:
		return VALUE_DECIMAL;
	case SINGER_DATE:
		return VALUE_DATE;
	case SINGER_DATE_TIME:
		return choices->date_time;
	case SINGER_JSON:
		return VALUE_JSON;
	case SINGER_TEXT:
	case SINGER_MIXED:
		break;
	}
	return VALUE_TEXT;
}

/* A number of the schema as a decimal. The bytes stay where they are only until more are put. */
static bool
put_number(struct buf *bytes, struct slice number, size_t *at, size_t *n)
{
	struct value v;
	struct buf text = {0};
	*at = bytes->n;
	bool good = value_read(number.p, number.p + number.n, &v) &&
		    (v.type == VALUE_INT || v.type == VALUE_FLOAT || v.type == VALUE_DECIMAL) &&
		    !value_text(&text, &v, NULL) && decimal_parse(buf_slice(&text), bytes);
	*n = bytes->n - *at;
	buf_free(&text);
	return good;
}

static void
set_scale(struct singer_schema *s, struct singer_field *f, struct slice multiple)
{
	size_t at, n;
	f->scale = -1;
	if (!multiple.n || !put_number(&s->bytes, multiple, &at, &n))
		return;
	const char *point = memchr(s->bytes.p + at, '.', n);
	f->scale = point ? (long)(s->bytes.p + at + n - point) - 1 : 0;
	s->bytes.n = at;
}

static struct singer_field *
add(struct singer_schema *s, struct slice name)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 32;
		struct singer_field *fields = realloc(s->fields, cap * sizeof *fields);
		if (!fields)
			return NULL;
		s->fields = fields;
		s->cap = cap;
	}
	s->fields[s->n] = (struct singer_field){.name = name, .length = UINT64_MAX};
	return &s->fields[s->n++];
}

static const char *
read_property(struct singer_schema *s, struct slice name, struct slice schema,
    const struct singer_choices *choices)
{
	struct allowed a = {0};
	struct singer_field *f = add(s, name);
	if (!f)
		return "no memory for a schema";
	const char *wrong = allow_all(&a, schema);
	f->form = form_of(&a, choices);
	f->type = type_of(f->form, choices);
	f->nullable = a.null || a.any;
	f->digits = f->form == SINGER_DECIMAL && a.string;
	set_scale(s, f, f->form == SINGER_DECIMAL && a.number ? a.multiple : (struct slice){0});
	f->low = a.low;
	f->high = a.high;
	f->low_excluded = a.low_excluded;
	f->high_excluded = a.high_excluded;
	struct mp_token t;
	if (a.length.n && f->form == SINGER_TEXT &&
	    mp_read(a.length.p, a.length.p + a.length.n, &t) && t.type == MP_INT && t.i >= 0)
		f->length = (uint64_t)t.i;
	return wrong;
}

/* The limits, which were msgpack in the schema, as decimals in memory that does not move any more. */
static const char *
settle_limits(struct singer_schema *s)
{
	struct extent {
		size_t at, n;
	} *all = calloc(2 * s->n + 1, sizeof *all);
	if (!all)
		return "no memory for a schema";
	for (size_t i = 0; i < s->n; i++) {
		struct singer_field *f = &s->fields[i];
		if (!f->low.n || !put_number(&s->bytes, f->low, &all[2 * i].at, &all[2 * i].n))
			f->low = (struct slice){0};
		if (!f->high.n ||
		    !put_number(&s->bytes, f->high, &all[2 * i + 1].at, &all[2 * i + 1].n))
			f->high = (struct slice){0};
	}
	for (size_t i = 0; i < s->n; i++) {
		struct singer_field *f = &s->fields[i];
		if (f->low.n)
			f->low = (struct slice){s->bytes.p + all[2 * i].at, all[2 * i].n};
		if (f->high.n)
			f->high = (struct slice){s->bytes.p + all[2 * i + 1].at, all[2 * i + 1].n};
	}
	free(all);
	return s->bytes.failed ? "no memory for a schema" : NULL;
}

/* Marks the fields of a list of names. */
static const char *
mark(struct singer_schema *s, struct slice list, bool keys, struct slice *at)
{
	struct mp_token t;
	const char *end, *p = open_object(list, &t, &end);
	if (!p)
		return NULL;
	if (t.type != MP_ARRAY)
		return keys ? "key_properties is not a list" : "required is not a list";
	for (size_t i = 0; i < t.n; i++) {
		const char *next = mp_skip(p, end);
		struct slice name = text_of((struct slice){p, (size_t)(next - p)});
		size_t k = 0;
		while (k < s->n && !slice_equal(s->fields[k].name, name))
			k++;
		p = next;
		if (k == s->n) {
			*at = name;
			if (keys)
				return "is in key_properties, and the schema has no such property";
			continue;
		}
		s->fields[k].required = true;
		s->fields[k].key |= keys;
	}
	return NULL;
}

const char *
singer_schema_read(struct singer_schema *s, struct slice schema, struct slice keys,
    const struct singer_choices *choices, struct slice *at)
{
	struct mp_token t, key;
	*at = (struct slice){0};
	s->n = 0;
	buf_reset(&s->bytes);
	buf_reset(&s->source);
	buf_put_slice(&s->source, schema);
	size_t n_schema = s->source.n;
	buf_put_slice(&s->source, keys);
	if (s->source.failed)
		return "no memory for a schema";
	schema = (struct slice){s->source.p, n_schema};
	keys = (struct slice){s->source.p + n_schema, s->source.n - n_schema};
	struct slice properties = singer_member(schema, "properties");
	const char *end, *p = open_object(properties, &t, &end);
	if (!p || t.type != MP_MAP || !t.n)
		return "the schema has no properties";
	for (size_t i = 0; i < t.n; i++) {
		const char *value = mp_read(p, end, &key);
		p = mp_skip(value, end);
		*at = (struct slice){key.p, key.n};
		const char *wrong =
		    read_property(s, *at, (struct slice){value, (size_t)(p - value)}, choices);
		if (wrong)
			return wrong;
	}
	*at = (struct slice){0};
	const char *wrong = settle_limits(s);
	if (!wrong)
		wrong = mark(s, singer_member(schema, "required"), false, at);
	return wrong ? wrong : mark(s, keys, true, at);
}

void
singer_schema_free(struct singer_schema *s)
{
	free(s->fields);
	buf_free(&s->bytes);
	buf_free(&s->source);
	*s = (struct singer_schema){0};
}
