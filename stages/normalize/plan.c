/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/field_lookup.h"
#include "common/record/mp.h"
#include "common/stream/missing.h"
#include "stages/normalize/convert.h"
#include "stages/normalize/input.h"
#include "stages/normalize/plan.h"

static struct spec **operands;
static size_t n_operands;
static struct spec **kept; /* every one that was ever made */
static size_t n_kept;
static const struct slice *dropped;
static size_t n_dropped;
static struct spec kept_model; /* with the texts that are null */
static bool loose;             /* a record without a schema came */

static void
add(struct plan *plan, struct spec *s, enum status status)
{
	const char *wrong = schema_add(&plan->schema, s->name, s->type);
	/* Two operands with one name were refused at the start. */
	if (wrong && status == STATUS_DATA && schema_find(&plan->schema, s->name) >= 0)
		die(status,
		    "%s: an operand and a field that --rest keep keeps have this name: rename the "
		    "operand, or leave the field out by --drop",
		    quoted(s->name));
	if (wrong)
		die(status, "%s: %s", quoted(s->name), wrong);
	plan->fields = xrealloc(plan->fields, (plan->n + 1) * sizeof(void *));
	plan->fields[plan->n++] = s;
	plan->nests |= s->type == VALUE_JSON;
}

void
plan_add_operand(struct plan *plan, struct spec *s)
{
	add(plan, s, STATUS_USAGE);
	operands = xrealloc(operands, (n_operands + 1) * sizeof(void *));
	operands[n_operands++] = s;
}

void
plan_add_rest(struct plan *plan, struct slice name)
{
	const char *wrong = schema_add(&plan->schema, name, VALUE_JSON);
	if (wrong)
		die(STATUS_USAGE, "%s: %s", quoted(name), wrong);
	plan->rest = name;
	plan->nests = true;
}

void
plan_keep(const struct slice *names, size_t n, const struct slice *null_texts, size_t n_null_texts)
{
	dropped = names;
	n_dropped = n;
	for (size_t i = 0; i < n; i++)
		input_drop(names[i]);
	kept_model.fallback = SLICE("\xc0");
	kept_model.kept = true;
	for (size_t i = 0; i < n_null_texts; i++)
		rule_parse(&kept_model, SLICE("--null"), RULE_NULL, null_texts[i]);
	kept_model.plain = !n_null_texts;
}

static struct spec *
kept_spec(struct slice name, enum value_type type)
{
	for (size_t i = 0; i < n_kept; i++)
		if (kept[i]->type == type && slice_equal(kept[i]->name, name))
			return kept[i];
	struct spec *s = xmalloc(sizeof *s);
	*s = kept_model;
	s->name = s->source = (struct slice){xstring(name), name.n};
	s->type = type;
	s->whole = s->head = s->below_whole = s->below_head = -1;
	kept = xrealloc(kept, (n_kept + 1) * sizeof(void *));
	kept[n_kept++] = s;
	return s;
}

static bool
is_dropped(struct slice name)
{
	for (size_t i = 0; i < n_dropped; i++)
		if (slice_equal(dropped[i], name))
			return true;
	return false;
}

/* The operands whose source is the field; if there are none it is kept. */
static void
add_input_field(struct plan *plan, const struct field *field, bool *placed)
{
	bool is_source = is_dropped(field->name);
	for (size_t i = 0; i < n_operands; i++) {
		struct spec *s = operands[i];
		if (s->has[RULE_CONST] || s->path || !slice_equal(s->source, field->name))
			continue;
		is_source = placed[i] = true;
		add(plan, s, STATUS_DATA);
	}
	if (is_source)
		return;
	struct spec *s = kept_spec(field->name, field->type);
	add(plan, s, STATUS_DATA);
	input_add(s);
}

static bool
plan_from_fields(struct plan *plan, const struct field *fields, size_t n)
{
	static bool begun;
	struct schema before = plan->schema;
	bool *placed = xcalloc(n_operands + 1, sizeof *placed);
	plan->schema = (struct schema){0};
	plan->n = 0;
	plan->nests = false;
	input_keep_none();
	for (size_t i = 0; i < n; i++)
		add_input_field(plan, &fields[i], placed);
	for (size_t i = 0; i < n_operands; i++)
		if (!placed[i])
			add(plan, operands[i], STATUS_DATA);
	free(placed);
	bool differs = !begun || !schema_equal(&before, &plan->schema);
	begun = true;
	schema_free(&before);
	return differs && plan->n > 0;
}

bool
plan_from_schema(struct plan *plan, const struct schema *in)
{
	return plan_from_fields(plan, in->fields, in->n);
}

static bool
is_number(enum value_type type)
{
	return type == VALUE_INT || type == VALUE_FLOAT || type == VALUE_DECIMAL;
}

/* Takes the value into account for the field's type. VALUE_NULL is one that is not known yet. */
static void
learn_value(struct field *field, const struct value *v)
{
	if (v->type == VALUE_NULL || v->type == VALUE_BAD || convert_is_null(&kept_model, v))
		return;
	if (field->type == VALUE_NULL)
		field->type = v->type;
	else if (field->type != v->type && is_number(field->type) && is_number(v->type))
		field->type = VALUE_DECIMAL;
}

/* The fields of some records, in the order in which they come first. */
struct learned {
	struct field_lookup names;
	struct field *fields;
	size_t n;
};

static struct field *
learned_field(struct learned *l, size_t position, struct slice name)
{
	long at = field_lookup_at(&l->names, position, name);
	if (at >= 0)
		return &l->fields[at];
	if (l->n == FIELDS_MAX)
		die(STATUS_DATA, "the records have more than %d fields", FIELDS_MAX);
	if (field_lookup_add(&l->names, name) < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of fields");
	l->fields = xrealloc(l->fields, (l->n + 1) * sizeof *l->fields);
	l->fields[l->n] = (struct field){name, VALUE_NULL};
	return &l->fields[l->n++];
}

static void
learn_record(struct learned *l, struct slice raw)
{
	struct mp_token head, name;
	struct value v;
	const char *end = raw.p + raw.n, *p = mp_read(raw.p, end, &head);
	for (size_t i = 0; i < head.n; i++) {
		p = mp_read(p, end, &name);
		p = value_read(p, end, &v);
		learn_value(learned_field(l, i, (struct slice){name.p, name.n}), &v);
	}
}

bool
plan_from_records(struct plan *plan, const struct held *held)
{
	struct learned l = {0};
	for (size_t i = 0; i < held->n; i++)
		if (held->items[i].kind == STREAM_RECORD) {
			missing_keep_names(held_raw(held, i));
			learn_record(&l, held_raw(held, i));
		}
	/* A field without any value: text takes null as every type does. */
	for (size_t i = 0; i < l.n; i++)
		if (l.fields[i].type == VALUE_NULL)
			l.fields[i].type = VALUE_TEXT;
	bool differs = plan_from_fields(plan, l.fields, l.n);
	loose = true;
	free(l.fields);
	field_lookup_free(&l.names);
	return differs;
}

void
plan_check_dropped(void)
{
	for (size_t i = 0; loose && i < n_dropped; i++)
		if (!input_had(dropped[i]))
			die(STATUS_DATA, "--drop: no record has a field %s%s", quoted(dropped[i]),
			    missing_explain(dropped[i]));
}

void
plan_check_dropped_in(const struct schema *in)
{
	for (size_t i = 0; i < n_dropped; i++) {
		if (schema_find(in, dropped[i]) >= 0)
			continue;
		missing_keep_schema(in);
		die(STATUS_DATA, "--drop: the input has no field %s%s", quoted(dropped[i]),
		    missing_explain(dropped[i]));
	}
}

/* Appends the field's counts by rule, if it has any. */
static bool
put_changes(struct buf *out, const struct spec *s)
{
	size_t n = 0;
	for (enum rule rule = 0; rule < RULES; rule++)
		n += s->changed[rule] > 0;
	if (!n)
		return false;
	mp_buf_str(out, s->name);
	mp_buf_map(out, n);
	for (enum rule rule = 0; rule < RULES; rule++)
		if (s->changed[rule]) {
			mp_buf_str(out, slice_of(rule_names[rule]));
			mp_buf_uint(out, s->changed[rule]);
		}
	return true;
}

/* A field that was kept under two types is counted once: only null= can change it. */
static void
join_kept(void)
{
	for (size_t i = 0; i < n_kept; i++)
		for (size_t k = i + 1; kept[i]->changed[RULE_NULL] && k < n_kept; k++) {
			if (!slice_equal(kept[i]->name, kept[k]->name))
				continue;
			kept[i]->changed[RULE_NULL] += kept[k]->changed[RULE_NULL];
			kept[k]->changed[RULE_NULL] = 0;
		}
}

void
plan_count_changes(void)
{
	struct buf b = {0}, fields = {0};
	size_t n = 0;
	join_kept();
	for (size_t i = 0; i < n_operands; i++)
		n += put_changes(&fields, operands[i]);
	for (size_t i = 0; i < n_kept; i++)
		n += put_changes(&fields, kept[i]);
	mp_buf_map(&b, n);
	buf_put_slice(&b, buf_slice(&fields));
	buf_check(&b, "the counters", NULL);
	stream_counter("changed", buf_slice(&b));
	buf_free(&fields);
	buf_free(&b);
}
