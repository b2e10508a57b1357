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

static const char *rest_text = "drop";
static struct option_list null_texts;
static bool check;

static const struct option_row options[] = {
    {.name = "rest",
	.word = "drop|error|json=NAME",
	.help = "what becomes of fields that no operand names (drop)",
	.kind = OPTION_TEXT,
	.to.text = &rest_text},
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
static struct schema schema;   /* of the output */
static struct slice rest_name; /* of the field that takes the rest; p NULL: none */
static bool nests;             /* some field is json */
static struct buf row = {.max = STREAM_RECORD_MAX};

static void
add_field(struct slice name, enum value_type type)
{
	const char *wrong = schema_add(&schema, name, type);
	if (wrong)
		die(STATUS_USAGE, "%s: %s", quoted(name), wrong);
}

static void
parse_rest(void)
{
	if (strcmp(rest_text, "error") == 0) {
		input_set_rest(REST_ERROR);
	} else if (strncmp(rest_text, "json=", 5) == 0 && rest_text[5]) {
		input_set_rest(REST_JSON);
		rest_name = slice_of(rest_text + 5);
		nests = true;
		add_field(rest_name, VALUE_JSON);
	} else if (strcmp(rest_text, "drop") != 0) {
		die(STATUS_USAGE, "--rest: %s is not one of drop, error, json=NAME",
		    quoted(slice_of(rest_text)));
	}
}

static void
parse_specs(const struct operands *operands)
{
	if (!operands->n)
		die(STATUS_USAGE, "no fields: say NAME:TYPE[=SOURCE][;RULE...] for each");
	struct slice *nulls = xcalloc(null_texts.n, sizeof *nulls);
	for (size_t i = 0; i < null_texts.n; i++)
		nulls[i] = slice_of(null_texts.items[i]);
	specs = xcalloc(operands->n, sizeof *specs);
	for (n_specs = 0; n_specs < operands->n; n_specs++) {
		struct spec *s = &specs[n_specs];
		message_set_place(operands->places[n_specs]);
		spec_parse(s, operands->items[n_specs], nulls, null_texts.n);
		add_field(s->name, s->type);
		nests |= s->type == VALUE_JSON;
		input_add(s);
	}
	message_set_place(NULL);
	free(nulls);
}

static void
send_schema(struct stream_out *out)
{
	struct buf item = {0};
	schema_write(&schema, &item);
	buf_check(&item, "the schema", NULL);
	stream_out_item(out, buf_slice(&item));
	buf_free(&item);
}

static bool
may_be_absent(const struct spec *s)
{
	return s->has[RULE_CONST] || s->has[RULE_DEFAULT] || s->has[RULE_OPTIONAL];
}

/* What a schema promises not to bring is told at once. */
static void
take_schema(const struct schema *in)
{
	input_schema(in);
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
}

static void
refuse(struct stream_in *in, struct slice raw, struct slice field, const char *rule,
    const char *reason)
{
	static struct record r;
	stream_decode(in, raw, &r);
	reject(&r, stream_record_number(in), field, rule, reason);
}

static void
refuse_value(struct stream_in *in, struct slice raw, const struct spec *s, const struct value *v,
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
	refuse(in, raw, s->name, why->rule, reason.p);
}

/* Text that became an object, and the rest, which lies one level deeper now, may be too deep for a stream. */
static bool
is_shallow(struct stream_in *in, struct slice raw)
{
	size_t n;
	if (row.failed || mp_measure(row.p, row.p + row.n, &n) == MP_OK)
		return true;
	refuse(in, raw, (struct slice){0}, "json", "would be nested deeper than 64 levels");
	return false;
}

/* Puts all values into row; false when one does not fit. */
static bool
fill_row(struct stream_in *in, struct slice raw)
{
	static const struct value absent = {.type = VALUE_NULL};
	struct reject_reason why;
	buf_reset(&row);
	mp_buf_array(&row, schema.n);
	for (size_t i = 0; i < n_specs; i++) {
		struct spec *s = &specs[i];
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
			missing_keep_names(raw);
		}
		if (!convert(s, v, &row, &why)) {
			refuse_value(in, raw, s, v, &why);
			return false;
		}
	}
	if (rest_name.p)
		input_put_rest(&row);
	return !nests || is_shallow(in, raw);
}

static void
take_record(struct stream_in *in, struct stream_out *out, struct slice raw)
{
	struct slice surplus;
	uint64_t number = stream_record_number(in);
	input_read(stream_parts(in), raw, stream_schema(in), number, &surplus);
	if (surplus.p) {
		refuse(in, raw, surplus, "rest", "no operand names this field (--rest error)");
		return;
	}
	if (!fill_row(in, raw))
		return;
	buf_check(&row, "a record", NULL);
	stream_out_record(out, buf_slice(&row));
}

/* A field that no record had is a wrong name more often than a void. */
static void
check_found(void)
{
	for (size_t i = 0; i < n_specs; i++)
		if (specs[i].missed && !specs[i].found && !may_be_absent(&specs[i]))
			die(STATUS_DATA,
			    "%.*s: no record has a field %s (optional or default= would allow "
			    "it)%s",
			    (int)specs[i].name.n, specs[i].name.p, quoted(specs[i].source),
			    missing_explain(specs[i].source));
}

/* "changed": {"cost": {"micros": 9}}, of the fields that a rule has changed. */
static void
count_changes(void)
{
	struct buf b = {0}, fields = {0};
	size_t n_fields = 0;
	for (size_t i = 0; i < n_specs; i++) {
		size_t n = 0;
		for (enum rule rule = 0; rule < RULES; rule++)
			n += specs[i].changed[rule] > 0;
		if (!n)
			continue;
		n_fields++;
		mp_buf_str(&fields, specs[i].name);
		mp_buf_map(&fields, n);
		for (enum rule rule = 0; rule < RULES; rule++)
			if (specs[i].changed[rule]) {
				mp_buf_str(&fields, slice_of(rule_names[rule]));
				mp_buf_uint(&fields, specs[i].changed[rule]);
			}
	}
	mp_buf_map(&b, n_fields);
	buf_put_slice(&b, buf_slice(&fields));
	buf_check(&b, "the counters", NULL);
	stream_counter("changed", buf_slice(&b));
	buf_free(&fields);
	buf_free(&b);
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

int
main(int argc, char **argv)
{
	stream_out_abort_on_exit();
	struct operands operands = options_parse(&program, argc, argv);
	parse_specs(&operands);
	parse_rest();
	if (check)
		return STATUS_OK;
	struct stream_out *out = stream_out_open(STDOUT_FILENO);
	struct stream_in *in = stream_in_open(STDIN_FILENO, out);
	struct slice raw;
	bool begun = false;
	for (enum stream_kind kind = STREAM_RECORD; kind != STREAM_END;) {
		kind = stream_next(in, &raw);
		if (!begun)
			send_schema(out);
		begun = true;
		if (kind == STREAM_RECORD)
			take_record(in, out, raw);
		else if (kind == STREAM_SCHEMA)
			take_schema(stream_schema(in));
		else if (kind == STREAM_COVERAGE)
			take_coverage(out, raw);
		else if (kind == STREAM_STATE)
			stream_out_item(out, raw);
	}
	check_found();
	count_changes();
	stream_finish(in, out);
	return STATUS_OK;
}
