/* SPDX-License-Identifier: MIT */
#include "stages/explode/config.h"
#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/record/record.h"

struct config config;

static struct words {
	const char *zip, *as, *prefix, *separator, *index, *types, *rest, *series, *zone;
} words = {.separator = "_", .rest = "error"};

static const struct option_row options[] = {
    {.name = "zip",
	.word = "[NAME=]PATH,...",
	.help = "parallel arrays: element i of each goes into record i",
	.kind = OPTION_TEXT,
	.to.text = &words.zip},
    {.name = "as",
	.word = "NAME",
	.help = "an element is the field NAME (an object's members become fields)",
	.kind = OPTION_TEXT,
	.to.text = &words.as},
    {.name = "prefix",
	.word = "TEXT",
	.help = "begin the names of the elements' fields with TEXT",
	.kind = OPTION_TEXT,
	.to.text = &words.prefix},
    {.name = "separator",
	.word = "TEXT",
	.help = "between the names of objects within an object of --zip (_)",
	.kind = OPTION_TEXT,
	.to.text = &words.separator},
    {.name = "types",
	.word = "NAME:TYPE,...",
	.help = "the fields of the elements; needed where the input has types",
	.kind = OPTION_TEXT,
	.to.text = &words.types},
    {.name = "rest",
	.word = "error|drop",
	.help = "what becomes of fields of the elements that --types does not name (error)",
	.kind = OPTION_CHOICE,
	.to.text = &words.rest,
	.choices = "error|drop"},
    {.name = "index",
	.word = "NAME",
	.help = "add the number of the element, from 0",
	.kind = OPTION_TEXT,
	.to.text = &words.index},
    {.name = "series",
	.word = "NAME=START,STEP",
	.help = "add the day or time START + number x STEP (1d, 1w, 1h, 15m)",
	.kind = OPTION_TEXT,
	.to.text = &words.series},
    {.name = "zone",
	.word = "ZONE",
	.help = "whose days and clock --series means",
	.kind = OPTION_TEXT,
	.to.text = &words.zone},
    {.name = "keep-empty",
	.help = "one record with null for a record without elements (none)",
	.kind = OPTION_FLAG,
	.to.flag = &config.keep_empty},
    {.name = "optional",
	.help = "accept that no record has the field",
	.kind = OPTION_FLAG,
	.to.flag = &config.optional},
    {0},
};

static const struct option_row *const tables[] = {options, reject_options, NULL};
static const struct program program = {.name = "explode",
    .operands = "[PATH]",
    .about = "Makes a record of each element of an array, with the other fields repeated.",
    .tables = tables};

static void
check_name(const char *option, struct slice name)
{
	if (!name.n)
		die(STATUS_USAGE, "--%s: a name is missing", option);
	if (name.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "--%s: a name is longer than %d bytes", option, NAME_MAX_BYTES);
}

static struct slice
name_of(const char *option, const char *text)
{
	if (!text)
		return (struct slice){0};
	check_name(option, slice_of(text));
	return slice_of(text);
}

/* Paths with and without "[]" are what: "PATH" or an option. */
static void
add_target(const char *what, struct slice name, struct slice path)
{
	config.targets = xrealloc(config.targets, (config.n + 1) * sizeof *config.targets);
	struct target *t = &config.targets[config.n++];
	*t = (struct target){.text = path, .name = name};
	const char *wrong = json_path_parse(&t->path, path);
	if (wrong)
		die(STATUS_USAGE, "%s: %s: %s", what, quoted(path), wrong);
	if (t->path.steps[0].each)
		die(STATUS_USAGE, "%s: %s: a record is no array", what, quoted(path));
	for (size_t i = 0; i < t->path.n; i++) {
		if (t->path.steps[i].each && config.zip)
			die(STATUS_USAGE,
			    "%s: %s: \"[]\" is not possible here: use explode for that array "
			    "before",
			    what, quoted(path));
		if (!t->path.steps[i].each)
			t->last = t->path.steps[i].name;
	}
}

/* The place of the first "=" outside of double quotes; NULL: there is none. */
static const char *
find_equals(const char *text)
{
	bool in_quotes = false;
	for (; *text; text++) {
		in_quotes ^= *text == '"';
		if (*text == '=' && !in_quotes)
			return text;
	}
	return NULL;
}

static void
parse_targets(const struct operands *operands)
{
	if (operands->n != !words.zip)
		die(STATUS_USAGE, "%s",
		    words.zip ? "--zip names the arrays, and PATH is not taken with it"
			      : "say the one PATH of the array, or --zip PATH,...");
	if (!words.zip) {
		add_target("PATH", (struct slice){0}, slice_of(operands->items[0]));
		return;
	}
	config.zip = true;
	struct option_list list = options_split("zip", words.zip);
	for (size_t i = 0; i < list.n; i++) {
		const char *equals = find_equals(list.items[i]);
		struct slice name = {list.items[i], equals ? (size_t)(equals - list.items[i]) : 0};
		if (equals)
			check_name("zip", name);
		else
			name.p = NULL;
		add_target("--zip", name, slice_of(equals ? equals + 1 : list.items[i]));
	}
}

static void
parse_columns(void)
{
	struct option_list list = options_split("types", words.types);
	config.columns = xcalloc(list.n, sizeof *config.columns);
	for (; config.n_columns < list.n; config.n_columns++) {
		const char *text = list.items[config.n_columns], *colon = strrchr(text, ':');
		struct column *c = &config.columns[config.n_columns];
		if (!colon)
			die(STATUS_USAGE, "--types: %s is not NAME:TYPE", quoted(slice_of(text)));
		*c = (struct column){
		    {text, (size_t)(colon - text)}, value_type_named(slice_of(colon + 1))};
		check_name("types", c->name);
		if (c->type == VALUE_BAD || c->type == VALUE_NULL)
			die(STATUS_USAGE, "--types: %s is not a type", quoted(slice_of(colon + 1)));
		for (size_t i = 0; i < config.n_columns; i++)
			if (slice_equal(config.columns[i].name, c->name))
				die(STATUS_USAGE, "--types: %s is there twice", quoted(c->name));
	}
}

static void
parse_series(void)
{
	const char *equals = find_equals(words.series), *comma = strrchr(words.series, ',');
	if (!equals || !comma || comma < equals)
		die(STATUS_USAGE, "--series: %s is not NAME=START,STEP",
		    quoted(slice_of(words.series)));
	config.series = (struct slice){words.series, (size_t)(equals - words.series)};
	check_name("series", config.series);
	config.start_text = (struct slice){equals + 1, (size_t)(comma - equals) - 1};
	const char *wrong = json_path_parse(&config.start, config.start_text);
	if (wrong)
		die(STATUS_USAGE, "--series: %s: %s", quoted(config.start_text), wrong);
	for (size_t i = 0; i < config.start.n; i++)
		if (config.start.steps[i].each)
			die(STATUS_USAGE, "--series: %s: \"[]\" is not possible here",
			    quoted(config.start_text));
	if (!series_read_step(&config.step, slice_of(comma + 1)))
		die(STATUS_USAGE, "--series: %s is not a step such as 1d, 1w, 1h or 15m",
		    quoted(slice_of(comma + 1)));
}

static void
parse_zone(void)
{
	const char *wrong;
	if (!words.series)
		die(STATUS_USAGE, "--zone needs --series");
	config.zone = zone_named(slice_of(words.zone), &wrong);
	if (!config.zone)
		die(STATUS_USAGE, "--zone: %s %s", quoted(slice_of(words.zone)), wrong);
}

/* One name is for one field. */
static void
check_names(void)
{
	const struct slice own[] = {config.index, config.series};
	if (own[0].p && own[1].p && slice_equal(own[0], own[1]))
		die(STATUS_USAGE, "--index and --series have one name: %s", quoted(own[0]));
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; own[i].p && k < config.n_columns; k++)
			if (slice_equal(own[i], config.columns[k].name))
				die(STATUS_USAGE, "--%s: %s is also a name of --types",
				    i ? "series" : "index", quoted(own[i]));
}

void
config_parse(int argc, char **argv)
{
	struct operands operands = options_parse(&program, argc, argv);
	parse_targets(&operands);
	if (words.as && config.zip)
		die(STATUS_USAGE, "--as is not taken with --zip: give names as NAME=PATH");
	if (words.as && words.prefix)
		die(STATUS_USAGE, "--as and --prefix exclude each other");
	config.merge = !words.as && !config.zip;
	if (!config.zip)
		config.targets[0].name =
		    words.as ? name_of("as", words.as) : config.targets[0].last;
	config.prefix = slice_of(words.prefix ? words.prefix : "");
	config.separator = slice_of(words.separator);
	config.index = name_of("index", words.index);
	config.drop_rest = strcmp(words.rest, "drop") == 0;
	if (words.types)
		parse_columns();
	else if (config.drop_rest)
		die(STATUS_USAGE, "--rest needs --types");
	if (words.series)
		parse_series();
	if (words.zone)
		parse_zone();
	check_names();
}
