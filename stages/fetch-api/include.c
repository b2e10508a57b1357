/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "common/record/mp.h"
#include "common/record/record.h"
#include "stages/fetch-api/config_impl.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/include.h"
#include "stages/fetch-api/lineage.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/variables.h"

/* A field of the input record that goes into the output, or a value of a template. */
struct included {
	struct slice name, path;
	bool filled; /* of the template; else of the path */
	struct template value;
};

static struct included *included;
static size_t n_included;

/* NAME={…} is a template. */
static void
read_template(struct included *i)
{
	i->filled = i->path.n && i->path.p[0] == '{';
	if (!i->filled) {
		config_only_for(true, "include", config.each, "--each");
		return;
	}
	i->value = variables_template("include", i->path, TEMPLATE_TEXT);
	if (variables_hold_secret(&i->value))
		die(STATUS_USAGE, "--include: %s would put a secret into the records",
		    quoted(i->name));
	for (size_t k = 0; k < i->value.n; k++)
		if (i->value.parts[k].field && variables_are_several(i->value.parts[k].text))
			die(STATUS_USAGE,
			    "--include: {%.*s} is several values with --group (see --group-by)",
			    (int)i->value.parts[k].text.n, i->value.parts[k].text.p);
}

void
include_init(void)
{
	if (!config.include)
		return;
	struct option_list list = options_split("include", config.include);
	included = xcalloc(list.n, sizeof *included);
	n_included = list.n;
	for (size_t i = 0; i < list.n; i++) {
		const char *text = list.items[i], *equals = strchr(text, '=');
		included[i].name = included[i].path = slice_of(text);
		if (equals) {
			included[i].name.n = (size_t)(equals - text);
			included[i].path = slice_of(equals + 1);
		}
		if (!included[i].name.n || !included[i].path.n)
			die(STATUS_USAGE, "--include: %s is neither FIELD nor NAME=PATH",
			    quoted(slice_of(text)));
		if (included[i].name.n > NAME_MAX_BYTES)
			die(STATUS_USAGE, "--include: a name is longer than %d bytes",
			    NAME_MAX_BYTES);
		read_template(&included[i]);
		for (size_t k = 0; k < i; k++)
			if (slice_equal(included[k].name, included[i].name))
				die(STATUS_USAGE, "--include: %s is given twice",
				    quoted(included[i].name));
		if (lineage_has(included[i].name))
			die(STATUS_USAGE,
			    "--include: %s is also a name of --record-path or "
			    "--include-from-parent",
			    quoted(included[i].name));
		if (config.wrap && slice_is(included[i].name, config.wrap))
			die(STATUS_USAGE, "--include: %s is also the name of --wrap",
			    quoted(included[i].name));
	}
}

size_t
include_count(void)
{
	return n_included;
}

bool
include_has(struct slice name)
{
	for (size_t i = 0; i < n_included; i++)
		if (slice_equal(name, included[i].name))
			return true;
	return false;
}

/* A record of the answer does not show which one of the group it belongs to. */
static void
check_group(const struct included *field, const struct value *v)
{
	const struct group *g = &fetch.task->group;
	for (size_t i = 1; i < g->n; i++) {
		struct value other;
		if (!record_get_path(&g->list[i].record, field->path, &other) ||
		    !slice_equal(other.raw, v->raw))
			die(STATUS_DATA,
			    "record %" PRIu64 ": --include: %s is not the same in all records of "
			    "its group (see --group-by)",
			    g->list[i].number, quoted(field->path));
	}
}

/* Appends the value of one field, msgpack, and sets its type. */
static enum value_type
put_included(const struct included *field, struct buf *out)
{
	struct value v;
	if (field->filled && !variables_value(&field->value, "include", &v)) {
		struct buf text = {0};
		variables_fill(&field->value, "include", &text);
		mp_buf_str(out, buf_slice(&text));
		buf_free(&text);
		return VALUE_TEXT;
	}
	if (!field->filled) {
		if (!record_get_path(fetch.task->record, field->path, &v))
			die(STATUS_DATA, "%s--include: it has no field %s", record_prefix(),
			    quoted(field->path));
		check_group(field, &v);
	}
	buf_put_slice(out, v.raw);
	return v.type;
}

void
include_make(void)
{
	struct task *t = fetch.task;
	buf_reset(&t->included_pairs);
	buf_reset(&t->included_values);
	schema_reset(&t->file_schema);
	schema_add(&t->file_schema, SLICE("chunk"), VALUE_BYTES);
	for (size_t i = 0; i < n_included; i++) {
		size_t at = t->included_values.n;
		enum value_type type = put_included(&included[i], &t->included_values);
		mp_buf_str(&t->included_pairs, included[i].name);
		buf_put(&t->included_pairs, t->included_values.p + at, t->included_values.n - at);
		/* null is of any type; text is as good as another. */
		const char *wrong = schema_add(
		    &t->file_schema, included[i].name, type == VALUE_NULL ? VALUE_TEXT : type);
		if (wrong)
			die(STATUS_USAGE, "--include: %s: %s", quoted(included[i].name), wrong);
	}
	buf_check(&t->included_pairs, "the fields of --include", NULL);
	buf_check(&t->included_values, "the fields of --include", NULL);
}
