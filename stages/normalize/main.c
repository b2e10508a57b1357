/* SPDX-License-Identifier: MIT */
/*
 * normalize makes loose records into typed ones under a schema: it selects, renames
 * and converts, by the rules that its operands give and no others. A value that does
 * not fit is a reject. The operands are read in spec.c and rules.c, the record's
 * fields are found in input.c and converted in convert.c, number.c and time.c; coverage
 * of the input follows in coverage_map.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/mp.h"
#include "common/stream/missing.h"
#include "common/stream/stream.h"
#include "stages/normalize/convert.h"
#include "stages/normalize/coverage_map.h"
#include "stages/normalize/help.h"
#include "stages/normalize/input.h"
#include "stages/normalize/plan.h"

static const char *rest_text = "drop";
static struct option_list null_texts, drop_names;
static bool check;

static const struct option_row options[] = {
    {.name = "rest",
	.word = "drop|error|json=NAME|keep",
	.help = "what becomes of fields that no operand names (drop)",
	.kind = OPTION_TEXT,
	.to.text = &rest_text},
    {.name = "drop",
	.word = "FIELD",
	.help = "with --rest keep: leave this field out (may be repeated)",
	.kind = OPTION_LIST,
	.to.list = &drop_names},
    {.name = "null",
	.word = "TEXT",
	.help = "this text is null in every field (may be repeated)",
	.kind = OPTION_LIST,
	.to.list = &null_texts},
    {.name = "check",
	.help = "check the operands, and end without reading any input",
	.kind = OPTION_FLAG,
	.to.flag = &check},
    {0},
};
static const struct option_row *const tables[] = {options, reject_options, NULL};
static const struct program program = {.name = "normalize",
    .operands = "NAME:TYPE[=SOURCE][;RULE...] ...",
    .about = "Makes loose records into typed ones under a schema.",
    .more = normalize_help,
    .tables = tables};

static struct spec *specs;
static size_t n_specs;
static struct plan plan;
static struct held held; /* --rest keep: the records from which the plan is to be made */
static bool keeps;       /* --rest keep */
static bool learned;     /* keeps: the plan is for records without a schema */
static bool sent;        /* a schema */
static struct buf row = {.max = STREAM_RECORD_MAX};

/* One record of the input. */
struct current {
	const struct record_parts *parts;
	struct slice raw;
	const struct schema *schema;
	uint64_t number;
};

static struct slice *
slices(const struct option_list *list)
{
	struct slice *s = xcalloc(list->n + 1, sizeof *s);
	for (size_t i = 0; i < list->n; i++)
		s[i] = slice_of(list->items[i]);
	return s;
}

static void
parse_rest(const struct slice *nulls)
{
	if (strcmp(rest_text, "error") == 0) {
		input_set_rest(REST_ERROR);
	} else if (strncmp(rest_text, "json=", 5) == 0 && rest_text[5]) {
		input_set_rest(REST_JSON);
		plan_add_rest(&plan, slice_of(rest_text + 5));
	} else if (strcmp(rest_text, "keep") == 0) {
		keeps = true;
		input_set_rest(REST_KEEP);
		plan_keep(slices(&drop_names), drop_names.n, nulls, null_texts.n);
	} else if (strcmp(rest_text, "drop") != 0) {
		die(STATUS_USAGE, "--rest: %s is not one of drop, error, json=NAME, keep",
		    quoted(slice_of(rest_text)));
	}
	if (drop_names.n && !keeps)
		die(STATUS_USAGE,
		    "--drop needs --rest keep: without it only fields of operands remain");
}

static void
parse_specs(const struct operands *operands)
{
	struct slice *nulls = slices(&null_texts);
	if (!operands->n && strcmp(rest_text, "keep") != 0)
		die(STATUS_USAGE, "no fields: say NAME:TYPE[=SOURCE][;RULE...] for each");
	specs = xcalloc(operands->n + 1, sizeof *specs);
	for (n_specs = 0; n_specs < operands->n; n_specs++) {
		struct spec *s = &specs[n_specs];
		message_set_place(operands->places[n_specs]);
		spec_parse(s, operands->items[n_specs], nulls, null_texts.n);
		plan_add_operand(&plan, s);
		input_add(s);
	}
	message_set_place(NULL);
	parse_rest(nulls);
}

static void
send_schema(struct stream_out *out)
{
	struct buf item = {0};
	sent = true;
	schema_write(&plan.schema, &item);
	buf_check(&item, "the schema", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
}

static bool
may_be_absent(const struct spec *s)
{
	return s->has[RULE_CONST] || s->has[RULE_DEFAULT] || s->has[RULE_OPTIONAL];
}

/* A field that is not in the schema is reported at once. */
static void
take_schema(const struct schema *in, struct stream_out *out)
{
	bool is_new = keeps && plan_from_schema(&plan, in);
	learned = false;
	input_schema(in);
	plan_check_dropped_in(in);
	for (size_t i = 0; i < n_specs; i++) {
		const struct spec *s = &specs[i];
		if (may_be_absent(s) || input_may_have(s, in))
			continue;
		if (in->n && slice_is(in->fields[0].name, "chunk") &&
		    in->fields[0].type == VALUE_BYTES)
			die(STATUS_DATA,
			    "the input is bytes that are not decoded yet: put from-csv or "
			    "from-json before");
		missing_keep_schema(in);
		die(STATUS_DATA,
		    "%.*s: the input has no field %s (optional or default= would allow it)%s",
		    (int)s->name.n, s->name.p, quoted(s->source), missing_explain(s->source));
	}
	if (is_new)
		send_schema(out);
}

static void
refuse(const struct current *c, struct slice field, const char *rule, const char *reason)
{
	static struct record r;
	if (!record_read(&r, c->schema, c->raw, false))
		die(STATUS_DATA, "record %" PRIu64 ": %s", c->number, r.error);
	reject(&r, c->number, field, rule, reason);
}

static void
refuse_value(const struct current *c, const struct spec *s, const struct value *v,
    const struct reject_reason *why)
{
	static struct buf text, reason;
	buf_reset(&text);
	buf_reset(&reason);
	value_text(&text, v, NULL);
	buf_printf(&reason, "%s %s", quoted(buf_slice(&text)), why->text);
	buf_put_byte(&reason, '\0');
	buf_check(&text, "a value", NULL);
	buf_check(&reason, "a reason", NULL);
	refuse(c, s->name, why->rule, reason.p);
}

/* Text that became an object, and the rest, which lies one level deeper now, may be too deep for a stream. */
static bool
is_shallow(const struct current *c)
{
	size_t n;
	if (row.failed || mp_measure(row.p, row.p + row.n, &n) == MP_OK)
		return true;
	refuse(c, (struct slice){0}, "json", "would be nested deeper than 64 levels");
	return false;
}

/* Puts all values into row; false when one does not fit. */
static bool
fill_row(const struct current *c)
{
	static const struct value absent = {.type = VALUE_NULL};
	struct reject_reason why;
	buf_reset(&row);
	mp_buf_array(&row, plan.schema.n);
	for (size_t i = 0; i < plan.n; i++) {
		struct spec *s = plan.fields[i];
		if (s->has[RULE_CONST]) {
			buf_put_slice(&row, s->fallback);
			continue;
		}
		const struct value *v = input_get(s);
		if (v) {
			s->found = true;
		} else {
			s->missed = true;
			v = &absent;
			missing_keep_names(c->raw);
		}
		if (!convert(s, v, &row, &why)) {
			refuse_value(c, s, v, &why);
			return false;
		}
	}
	if (plan.rest.p)
		input_put_rest(&row);
	return !plan.nests || is_shallow(c);
}

static void
take_record(const struct current *c, struct stream_out *out)
{
	struct slice surplus;
	input_read(c->parts, c->raw, c->schema, c->number, &surplus);
	if (surplus.p) {
		refuse(c, surplus, "rest",
		    keeps ? "the first records do not have this field: name it in an operand, or "
			    "--drop it"
			  : "no operand names this field (--rest error)");
		return;
	}
	if (!fill_row(c))
		return;
	buf_check(&row, "a record", NULL);
	stream_out_record(out, buf_slice(&row));
}

/* A field that no record had is a wrong name more often than a void. */
static void
check_found(void)
{
	plan_check_dropped();
	for (size_t i = 0; i < n_specs; i++)
		if (specs[i].missed && !specs[i].found && !may_be_absent(&specs[i]))
			die(STATUS_DATA,
			    "%.*s: no record has a field %s (optional or default= would allow "
			    "it)%s",
			    (int)specs[i].name.n, specs[i].name.p, quoted(specs[i].source),
			    missing_explain(specs[i].source));
}

static void
take_coverage(struct stream_out *out, struct slice raw)
{
	struct buf item = {.max = STREAM_RECORD_MAX};
	coverage_map(specs, n_specs, raw, &item);
	buf_check(&item, "a coverage item", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
}

static void
take_other(struct stream_out *out, enum stream_kind kind, struct slice raw)
{
	if (kind == STREAM_COVERAGE)
		take_coverage(out, raw);
	else if (kind == STREAM_STATE)
		stream_out_item(out, raw);
}

static void
take_held_record(struct stream_out *out, struct slice raw, uint64_t number)
{
	static const struct schema no_schema;
	static struct record_check *reader;
	if (!reader && !(reader = record_check_new()))
		die(STATUS_TRY_AGAIN, "no memory for the input");
	if (!record_check(reader, &no_schema, raw.p, raw.p + raw.n))
		die(STATUS_BUG, "record %" PRIu64 " was held and cannot be read again", number);
	struct current c = {record_check_parts(reader), raw, &no_schema, number};
	take_record(&c, out);
}

static void
take_held(struct stream_out *out)
{
	for (size_t i = 0; i < held.n; i++) {
		const struct held_item *item = &held.items[i];
		if (item->kind == STREAM_RECORD)
			take_held_record(out, held_raw(&held, i), item->number);
		else
			take_other(out, item->kind, held_raw(&held, i));
	}
	held_clear(&held);
}

/* Makes the plan from the records that are held, and takes them. */
static void
learn(struct stream_out *out)
{
	static const struct schema no_schema;
	if (plan_from_records(&plan, &held))
		send_schema(out);
	learned = true;
	take_held(out);
	/* From here on the shapes of records have the numbers of another check. */
	input_schema(&no_schema);
}

static void
take_item(struct stream_in *in, struct stream_out *out, enum stream_kind kind, struct slice raw)
{
	const struct schema *schema = stream_schema(in);
	uint64_t number = stream_record_number(in);
	if (kind == STREAM_SCHEMA) {
		if (held.records)
			learn(out);
		take_schema(schema, out);
		take_held(out);
	} else if (keeps && !schema->n && !learned) {
		if (held_add(&held, kind, raw, number))
			learn(out);
	} else if (kind == STREAM_RECORD) {
		struct current c = {stream_parts(in), raw, schema, number};
		take_record(&c, out);
	} else {
		take_other(out, kind, raw);
	}
}

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	parse_specs(&operands);
	if (check)
		return STATUS_OK;
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(in, &raw)) != STREAM_END) {
		if (!keeps && !sent)
			send_schema(out);
		take_item(in, out, kind, raw);
	}
	if (held.records)
		learn(out);
	if (!sent && plan.schema.n)
		send_schema(out);
	take_held(out);
	check_found();
	plan_count_changes();
	stream_finish(in, out);
	return STATUS_OK;
}
