/* SPDX-License-Identifier: MIT */
#include "stages/pivot/config.h"
#include "common/json/json_read.h"
#include "common/program/message.h"
#include "common/record/exact_type.h"
#include "common/record/mp.h"
#include "common/record/record.h"

struct config config;

static struct words {
	const char *name, *value, *prefix, *type, *rest, *duplicates, *fallback;
	struct option_list columns;
} words = {.value = "value", .rest = "error", .duplicates = "error"};

static const struct option_row options[] = {
    {.name = "name",
	.word = "MEMBER",
	.help = "the member of an element that has its name",
	.kind = OPTION_TEXT,
	.to.text = &words.name},
    {.name = "value",
	.word = "MEMBER[=SUFFIX],...",
	.help = "the members that have its values (value)",
	.kind = OPTION_TEXT,
	.to.text = &words.value},
    {.name = "columns",
	.word = "[COLUMN=]NAME,...",
	.help = "the fields to make, each of the element with that name; may be repeated",
	.kind = OPTION_LIST,
	.to.list = &words.columns},
    {.name = "prefix",
	.word = "TEXT",
	.help = "begin the names of all columns with TEXT",
	.kind = OPTION_TEXT,
	.to.text = &words.prefix},
    {.name = "type",
	.word = "TYPE",
	.help = "make every value one of this type; needed where the input has types",
	.kind = OPTION_TEXT,
	.to.text = &words.type},
    {.name = "rest",
	.word = "error|drop|json=FIELD",
	.help = "what becomes of elements that --columns does not name (error)",
	.kind = OPTION_TEXT,
	.to.text = &words.rest},
    {.name = "duplicates",
	.word = "error|sum",
	.help = "what becomes of a name that a record has twice (error)",
	.kind = OPTION_CHOICE,
	.to.text = &words.duplicates,
	.choices = "error|sum"},
    {.name = "default",
	.word = "VALUE",
	.help = "the value of a column whose name is not there (null)",
	.kind = OPTION_TEXT,
	.to.text = &words.fallback},
    {.name = "optional",
	.help = "accept that no record has the field",
	.kind = OPTION_FLAG,
	.to.flag = &config.optional},
    {0},
};

static const struct option_row *const tables[] = {options, reject_options, NULL};
static const struct program program = {.name = "pivot",
    .operands = "PATH",
    .about = "Makes fields of an array of names with values, such as actions of an ad.",
    .tables = tables};

static struct slice *suffixes; /* of the values */

static void
parse_path(const struct operands *operands)
{
	if (operands->n != 1)
		die(STATUS_USAGE, "say the one PATH of the array");
	config.text = slice_of(operands->items[0]);
	const char *wrong = json_path_parse(&config.path, config.text);
	if (config.path.n && config.path.steps[config.path.n - 1].each)
		config.path.n--; /* actions[] is as good as actions */
	for (size_t i = 0; !wrong && i < config.path.n; i++)
		if (config.path.steps[i].each)
			wrong = "\"[]\" is not possible here: use explode for that array before";
	if (!wrong && !config.path.n)
		wrong = "a record is no array";
	if (wrong)
		die(STATUS_USAGE, "PATH: %s: %s", quoted(config.text), wrong);
}

static size_t
add(struct field_lookup *lookup, struct slice name)
{
	long at = field_lookup_add(lookup, name);
	if (at < 0)
		die(STATUS_TRY_AGAIN, "no memory for names");
	return (size_t)at;
}

static void
parse_members(void)
{
	if (!words.name || !*words.name)
		die(STATUS_USAGE, "--name is required: the member that has an element's name");
	config.name = slice_of(words.name);
	add(&config.members, config.name);
	struct option_list list = options_split("value", words.value);
	suffixes = xcalloc(list.n, sizeof *suffixes);
	for (size_t i = 0; i < list.n; i++) {
		const char *text = list.items[i], *equals = strrchr(text, '=');
		struct slice member = {text, equals ? (size_t)(equals - text) : strlen(text)};
		if (!member.n || add(&config.members, member) != i + 1)
			die(STATUS_USAGE,
			    "--value: %s is there twice, is that of --name, or is empty",
			    quoted(member));
		if (equals)
			suffixes[i] = slice_of(equals + 1);
		else if (list.n > 1)
			suffixes[i] = member;
	}
	/* Beside others a member's own name follows the column's after a "_". */
	config.n_values = list.n;
}

static struct slice
column_name(struct slice column, size_t value)
{
	struct buf b = {0};
	const struct slice *suffix = &suffixes[value];
	bool own = suffix->n && config.members.n > 2 &&
		   slice_equal(*suffix, config.members.names[value + 1]);
	buf_put_text(&b, words.prefix ? words.prefix : "");
	buf_put_slice(&b, column);
	buf_put_text(&b, own ? "_" : "");
	buf_put_slice(&b, *suffix);
	buf_check(&b, "a name", NULL);
	if (!b.n || b.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "--columns: a name is empty or longer than %d bytes",
		    NAME_MAX_BYTES);
	for (size_t i = 0; i < config.n_columns; i++)
		if (slice_equal(config.columns[i], buf_slice(&b)))
			die(STATUS_USAGE, "--columns: two fields would be called %s",
			    quoted(buf_slice(&b)));
	return buf_slice(&b);
}

static void
add_column(const char *text)
{
	const char *equals = strchr(text, '=');
	struct slice column = {text, equals ? (size_t)(equals - text) : strlen(text)};
	struct slice name = equals ? slice_of(equals + 1) : column;
	size_t n = config.wanted.n;
	if (add(&config.wanted, name) != n)
		die(STATUS_USAGE, "--columns: %s is there twice", quoted(name));
	if (config.n_columns + config.n_values > FIELDS_MAX)
		die(STATUS_USAGE, "--columns: more than %d fields", FIELDS_MAX);
	config.columns =
	    xrealloc(config.columns, (config.n_columns + config.n_values) * sizeof *config.columns);
	for (size_t i = 0; i < config.n_values; i++) {
		struct slice full = column_name(column, i);
		config.columns[config.n_columns++] = full;
	}
}

static void
parse_columns(void)
{
	if (!words.columns.n)
		die(STATUS_USAGE,
		    "--columns is required: which fields there are must not depend on the data");
	for (size_t i = 0; i < words.columns.n; i++) {
		struct option_list list = options_split("columns", words.columns.items[i]);
		for (size_t k = 0; k < list.n; k++)
			add_column(list.items[k]);
	}
}

static void
parse_rest(void)
{
	if (strcmp(words.rest, "drop") == 0) {
		config.rest = REST_DROP;
	} else if (strncmp(words.rest, "json=", 5) == 0 && words.rest[5]) {
		config.rest = REST_JSON;
		config.rest_name = slice_of(words.rest + 5);
		for (size_t i = 0; i < config.n_columns; i++)
			if (slice_equal(config.columns[i], config.rest_name))
				die(STATUS_USAGE, "--rest: %s is also a field of --columns",
				    quoted(config.rest_name));
	} else if (strcmp(words.rest, "error") != 0) {
		die(STATUS_USAGE, "--rest: %s is not one of error, drop, json=FIELD",
		    quoted(slice_of(words.rest)));
	}
}

/* Appends text as a value of --type: digits keep their zeros, which JSON numbers do not. */
static bool
put_typed(struct slice text, struct buf *out)
{
	struct buf raw = {0};
	struct json_error error;
	struct value v;
	mp_buf_str(&raw, text);
	value_read(raw.p, raw.p + raw.n, &v);
	bool good = exact_type_put(config.type, &v, out);
	buf_reset(&raw);
	if (!good && json_to_msgpack(text, JSON_DUPLICATES_ERROR, &raw, &error)) {
		value_read(raw.p, raw.p + raw.n, &v);
		good = exact_type_put(config.type, &v, out);
	}
	buf_free(&raw);
	return good;
}

/* Without --type a value that is JSON is that value, and any other is text. */
static void
parse_default(void)
{
	static struct buf value;
	struct json_error error;
	config.fallback = SLICE("\xc0");
	if (!words.fallback)
		return;
	struct slice text = slice_of(words.fallback);
	if (config.has_type && !put_typed(text, &value))
		die(STATUS_USAGE, "--default: %s is not of the type %s", quoted(text),
		    value_type_name(config.type));
	if (!config.has_type && !json_to_msgpack(text, JSON_DUPLICATES_ERROR, &value, &error))
		mp_buf_str(&value, text);
	buf_check(&value, "the value of --default", NULL);
	config.fallback = buf_slice(&value);
}

void
config_parse(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	parse_path(&operands);
	parse_members();
	parse_columns();
	parse_rest();
	config.sum = strcmp(words.duplicates, "sum") == 0;
	if (words.type) {
		config.has_type = true;
		config.type = value_type_named(slice_of(words.type));
		if (config.type == VALUE_BAD || config.type == VALUE_NULL)
			die(STATUS_USAGE, "--type: %s is not a type", quoted(slice_of(words.type)));
	}
	parse_default();
}
