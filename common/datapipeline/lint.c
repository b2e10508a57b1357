/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "common/datapipeline/lint_impl.h"
#include "common/datapipeline/resolve.h"
#include "common/record/mp.h"

enum {
	OBJECTS_MAX = 100,
	FIELDS_MAX_OF_OBJECT = 50,
	NAME_MAX = 256,
	FIELD_MAX = 10240,
	OBJECT_MAX = 15360,
	VALUES_MAX = 15 * 1024,
	TEXT_MAX = 512,
	PARENTS_MAX = 32,
};

void
lint_add(struct dp_lint *lint, int severity, const struct dp_object *object,
    const struct dp_field *field, const char *rule, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	struct dp_finding finding = {
	    .is_warning = severity == DP_WARNING, .rule = rule, .text = text};
	if (object)
		finding.object = object->id;
	if (field) {
		finding.field = field->key;
		if (field->kind != DP_VALUE_OTHER)
			finding.value = field->value;
	}
	if (finding.is_warning)
		lint->warnings++;
	else
		lint->errors++;
	lint->report(lint->context, &finding);
}

bool
lint_is_user_name(struct slice name)
{
	slice_take(&name, '*');
	if (name.n > 1 && *name.p == '_')
		return true;
	return name.n > 2 && name.p[0] == 'm' && name.p[1] == 'y' && name.p[2] >= 'A' &&
	       name.p[2] <= 'Z';
}

bool
lint_is_open(struct slice value)
{
	return dp_has_expression(value);
}

bool
lint_value(const struct dp_lint *lint, const struct dp_object *object, const struct dp_field *field,
    struct buf *value)
{
	struct dp_run run = {.d = lint->d, .object = object};
	struct dp_faults faults = {0};
	return field->kind == DP_VALUE_TEXT && dp_run_expand(&run, value, field->value, &faults) &&
	       !dp_has_expression(buf_slice(value));
}

int64_t
lint_period(const struct dp_lint *lint, const struct dp_object *object, const char *key)
{
	const struct dp_field *f = dp_field(lint->d, object, key, NULL);
	struct buf value = {0};
	int64_t seconds = -1;
	if (f && lint_value(lint, object, f, &value) && !dp_period(buf_slice(&value), &seconds))
		seconds = -1;
	buf_free(&value);
	return seconds;
}

bool
lint_is_on_demand(const struct dp_lint *lint)
{
	const struct dp_object *object = dp_object(lint->d, SLICE("Default"));
	const struct dp_field *f = object ? dp_own_field(object, SLICE("scheduleType")) : NULL;
	return f && slice_equal_caseless(f->value, SLICE("ondemand"));
}

static void
check_identity(struct dp_lint *lint, size_t i)
{
	const struct dp_object *o = &lint->d->objects[i];
	if (!o->id.n)
		lint_add(lint, DP_ERROR, NULL, NULL, "id", "object %zu has no id", i + 1);
	for (size_t j = 0; j < i; j++)
		if (o->id.n && slice_equal(lint->d->objects[j].id, o->id)) {
			lint_add(lint, DP_ERROR, o, NULL, "id",
			    "the id is used by objects %zu and %zu", j + 1, i + 1);
			break;
		}
	struct dp_field names[] = {{.key = SLICE("id"), .value = o->id},
	    {.key = SLICE("name"), .value = o->name}, {.key = SLICE("type"), .value = o->type}};
	for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
		if (names[j].value.n > NAME_MAX)
			lint_add(lint, DP_ERROR, o, &names[j], "limit",
			    "is %zu bytes long, and %d is the limit", names[j].value.n, NAME_MAX);
		if (dp_has_expression(names[j].value))
			lint_add(lint, DP_WARNING, o, &names[j], "expression",
			    "is used as it is: expressions in id, name and type are not evaluated");
	}
	if (lint->d->is_wire && !o->name.n)
		lint_add(lint, DP_ERROR, o, NULL, "id", "the object has no name");
}

static void
check_size(struct dp_lint *lint, const struct dp_object *o)
{
	if (o->n + 1 > FIELDS_MAX_OF_OBJECT)
		lint_add(lint, DP_ERROR, o, NULL, "limit",
		    "the object has %zu fields, and %d is the limit", o->n + 1,
		    FIELDS_MAX_OF_OBJECT);
	if (o->bytes > OBJECT_MAX)
		lint_add(lint, DP_ERROR, o, NULL, "limit",
		    "the object has %zu bytes with the names of its fields, and %d is the limit",
		    o->bytes, OBJECT_MAX);
	for (size_t i = 0; i < o->n; i++) {
		if (o->fields[i].key.n > NAME_MAX)
			lint_add(lint, DP_ERROR, o, &o->fields[i], "limit",
			    "the field's name is longer than %d bytes", NAME_MAX);
		if (o->fields[i].value.n > FIELD_MAX)
			lint_add(lint, DP_ERROR, o, &o->fields[i], "limit",
			    "is %zu bytes long, and %d is the limit", o->fields[i].value.n,
			    FIELD_MAX);
	}
}

static bool
is_referred_to(const struct dp_lint *lint, const struct dp_object *o, const char *only)
{
	for (size_t i = 0; i < lint->d->objects_n; i++) {
		const struct dp_object *from = &lint->d->objects[i];
		for (size_t j = 0; j < from->n; j++) {
			const struct dp_field *f = &from->fields[j];
			if (f->kind == DP_VALUE_REF && slice_equal(f->value, o->id) &&
			    (!only || slice_is(f->key, only)))
				return true;
		}
	}
	return false;
}

/* The type; NULL if it is unknown, or the object needs none: Default, and parents of others. */
static const struct dp_type *
check_type(struct dp_lint *lint, const struct dp_object *o)
{
	const struct dp_type *type = dp_type_named(o->type);
	bool base = slice_is(o->id, "Default") || is_referred_to(lint, o, "parent");
	if (!o->type.n && !base)
		lint_add(lint, DP_ERROR, o, NULL, "type",
		    "the object has no type, and it is neither Default nor the parent of another");
	struct dp_field f = {.key = SLICE("type"), .value = o->type};
	if (o->type.n && !type) {
		struct slice near = dp_type_near(o->type);
		lint_add(lint, DP_ERROR, o, &f, "type", "is not a type of object%s%.*s%s",
		    near.n ? ", did you mean " : "", (int)near.n, near.n ? near.p : "",
		    near.n ? "?" : "");
	}
	if (type && slice_is(o->id, "Default"))
		lint_add(lint, DP_ERROR, o, &f, "type", "the object Default has no type");
	enum dp_class class = type ? dp_type_class(type) : DP_CLASS_NONE;
	bool passive = class != DP_CLASS_NONE && class != DP_ACTIVITY;
	if (passive && !is_referred_to(lint, o, NULL))
		lint_add(lint, DP_WARNING, o, NULL, "unused", "no other object refers to it");
	return type;
}

/* Whether the references of this name lead from the object back to itself. */
static bool
leads_back(const struct dp_definition *d, const struct dp_object *o, const char *key)
{
	const struct dp_object *stack[OBJECTS_MAX * 2];
	bool seen[OBJECTS_MAX * 2] = {false};
	size_t n = 0;
	if (d->objects_n > OBJECTS_MAX * 2)
		return false;
	stack[n++] = o;
	while (n) {
		const struct dp_object *at = stack[--n];
		for (size_t i = 0; i < at->n; i++) {
			const struct dp_field *f = &at->fields[i];
			if (f->kind != DP_VALUE_REF || !slice_is(f->key, key))
				continue;
			const struct dp_object *to = dp_object(d, f->value);
			if (to == o)
				return true;
			if (to && !seen[to - d->objects]) {
				seen[to - d->objects] = true;
				stack[n++] = to;
			}
		}
	}
	return false;
}

static void
check_cycles(struct dp_lint *lint, const struct dp_object *o)
{
	static const char *const keys[] = {"parent", "dependsOn"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct dp_field *f = dp_own_field(o, slice_of(keys[i]));
		if (f && leads_back(lint->d, o, keys[i]))
			lint_add(lint, DP_ERROR, o, f, "reference",
			    "leads through other objects back to the object itself");
	}
}

static void
check_members(struct dp_lint *lint)
{
	static const char *const forms[2][3] = {{"objects", "parameters", "values"},
	    {"pipelineObjects", "parameterObjects", "parameterValues"}};
	const struct buf *mp = &lint->d->mp;
	struct mp_token map, key;
	const char *end = mp->p + mp->n, *p = mp_read(mp->p, end, &map);
	for (size_t i = 0; i < map.n; i++) {
		const char *value = mp_read(p, end, &key);
		struct slice name = {key.p, key.n};
		bool known = false;
		for (size_t j = 0; j < 3; j++)
			known |= slice_is(name, forms[lint->d->is_wire][j]);
		/* The command line adds these when it saves a definition. */
		known |= slice_is(name, "pipelineId") || slice_is(name, "ResponseMetadata");
		struct dp_field f = {.key = name, .kind = DP_VALUE_OTHER};
		if (!known)
			lint_add(lint, DP_WARNING, NULL, &f, "member",
			    "is not a member of a definition, and is not read");
		p = mp_skip(value, end);
	}
}

void
dp_lint(struct dp_lint *lint)
{
	const struct dp_definition *d = lint->d;
	bool works = false;
	size_t bytes = 0;
	check_members(lint);
	if (d->objects_n > OBJECTS_MAX)
		lint_add(lint, DP_ERROR, NULL, NULL, "limit",
		    "the definition has %zu objects, and %d is the limit", d->objects_n,
		    OBJECTS_MAX);
	for (size_t i = 0; i < d->objects_n; i++) {
		const struct dp_object *o = &d->objects[i];
		check_identity(lint, i);
		check_size(lint, o);
		const struct dp_type *type = check_type(lint, o);
		works |= type && dp_type_class(type) == DP_ACTIVITY;
		check_cycles(lint, o);
		lint_values(lint, o, type);
		lint_object(lint, o, type);
	}
	if (!works)
		lint_add(lint, DP_ERROR, NULL, NULL, "type",
		    "the definition has no activity, so nothing would run");
	for (size_t i = 0; i < d->values_n; i++)
		bytes += d->values[i].key.n + d->values[i].value.n;
	if (bytes > VALUES_MAX)
		lint_add(lint, DP_ERROR, NULL, NULL, "limit",
		    "the values have %zu bytes, and %d is the limit", bytes, VALUES_MAX);
	lint_parameters(lint);
}
