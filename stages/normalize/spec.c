/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/record.h"
#include "common/text/utf8.h"
#include "stages/normalize/spec.h"

const char *const rule_names[RULES] = {
    [RULE_CONST] = "const",
    [RULE_TRIM] = "trim",
    [RULE_NULL] = "null",
    [RULE_DEFAULT] = "default",
    [RULE_OPTIONAL] = "optional",
    [RULE_MAP] = "map",
    [RULE_FORMAT] = "format",
    [RULE_CENTURY] = "century",
    [RULE_DAY] = "day",
    [RULE_ZONE] = "zone",
    [RULE_FULLWIDTH] = "fullwidth",
    [RULE_UNIT] = "unit",
    [RULE_SIGN] = "sign",
    [RULE_PERCENT] = "percent",
    [RULE_GROUP] = "group",
    [RULE_POINT] = "point",
    [RULE_MICROS] = "micros",
    [RULE_SHIFT] = "shift",
    [RULE_SCALE] = "scale",
    [RULE_ROUND] = "round",
};

static void
skip(struct slice *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/* The quoted part at the front of *rest. */
static struct slice
take_quoted(struct slice word, struct slice *rest)
{
	struct buf b = {0};
	size_t i = 1;
	for (;; i++) {
		if (i >= rest->n)
			die(STATUS_USAGE, "%s: a quote is not closed", quoted(word));
		if (rest->p[i] == '"') {
			if (i + 1 >= rest->n || rest->p[i + 1] != '"')
				break;
			i++;
		}
		buf_put_byte(&b, rest->p[i]);
	}
	skip(rest, i + 1);
	buf_check(&b, "a field's rule", NULL);
	return b.p ? buf_slice(&b) : (struct slice){"", 0};
}

struct slice
spec_take_part(struct slice word, struct slice *rest, const char *stops, bool *was_quoted)
{
	struct slice part = {rest->p, 0};
	*was_quoted = rest->n && rest->p[0] == '"';
	if (*was_quoted) {
		part = take_quoted(word, rest);
		if (rest->n && !strchr(stops, rest->p[0]))
			die(STATUS_USAGE, "%s: behind a closing quote stands %s", quoted(word),
			    quoted((struct slice){rest->p, 1}));
		return part;
	}
	while (part.n < rest->n && !(rest->p[part.n] && strchr(stops, rest->p[part.n])))
		part.n++;
	skip(rest, part.n);
	return part;
}

/* Up to the next ';' that does not stand in quotes: a path may have quoted parts in it. */
static struct slice
take_source(struct slice *rest)
{
	bool inside = false;
	size_t n = 0;
	for (; n < rest->n && (inside || rest->p[n] != ';'); n++)
		inside ^= rest->p[n] == '"';
	struct slice source = {rest->p, n};
	skip(rest, n);
	return source;
}

/* A path with quoted parts: its first name is the field, the rest leads down from there. */
static void
take_quoted_path(struct spec *s, struct slice word, struct slice source)
{
	struct json_path *path = xcalloc(1, sizeof *path);
	const char *wrong = json_path_parse(path, source);
	for (size_t i = 0; !wrong && i < path->n; i++)
		if (path->steps[i].each)
			wrong = "[] leads to more than one value";
	if (wrong || !path->n)
		die(STATUS_USAGE, "%s: the source %s is no path: %s", quoted(word), quoted(source),
		    wrong ? wrong : "it is empty");
	s->source = path->steps[0].name;
	path->n--;
	memmove(path->steps, path->steps + 1, path->n * sizeof path->steps[0]);
	s->path = path;
}

static void
set_source(struct spec *s, struct slice word, struct slice source)
{
	struct slice rest = source;
	bool is_quoted;
	s->whole = s->head = s->below_whole = s->below_head = -1;
	if (!memchr(source.p, '"', source.n)) {
		s->source = source;
		const char *dot = memchr(source.p, '.', source.n);
		if (dot)
			s->below = (struct slice){dot + 1, source.n - (size_t)(dot + 1 - source.p)};
	} else if (s->source = spec_take_part(word, &rest, ".", &is_quoted), rest.n || !is_quoted) {
		take_quoted_path(s, word, source);
	}
	if (!source.n)
		die(STATUS_USAGE, "%s: the source is empty", quoted(word));
}

static bool
takes_value(enum rule rule)
{
	return rule != RULE_TRIM && rule != RULE_OPTIONAL && rule != RULE_FULLWIDTH &&
	       rule != RULE_MICROS;
}

_Noreturn static void
no_rule(struct slice word, struct slice name)
{
	struct buf names = {0};
	for (enum rule rule = 0; rule < RULES; rule++)
		buf_printf(&names, "%s%s%s", rule ? ", " : "", rule_names[rule],
		    takes_value(rule) ? "=" : "");
	buf_check(&names, "the names of the rules", NULL);
	die(STATUS_USAGE, "%s: there is no rule %s: %.*s", quoted(word), quoted(name), (int)names.n,
	    names.p);
}

static enum rule
rule_named(struct slice word, struct slice name)
{
	for (enum rule rule = 0; rule < RULES; rule++)
		if (slice_is(name, rule_names[rule]))
			return rule;
	no_rule(word, name);
}

/* ;NAME or ;NAME=VALUE, VALUE up to the next ';' outside of quotes. */
static void
take_rule(struct spec *s, struct slice word, struct slice *rest)
{
	skip(rest, 1);
	struct slice name = {rest->p, 0};
	while (name.n < rest->n && rest->p[name.n] != '=' && rest->p[name.n] != ';')
		name.n++;
	skip(rest, name.n);
	enum rule rule = rule_named(word, name);
	bool given = rest->n && rest->p[0] == '=';
	if (given != takes_value(rule))
		die(STATUS_USAGE, given ? "%s: %s takes no value" : "%s: %s= needs a value",
		    quoted(word), rule_names[rule]);
	if (s->has[rule] && rule != RULE_NULL && rule != RULE_MAP && rule != RULE_UNIT)
		die(STATUS_USAGE, "%s: %s is given twice", quoted(word), rule_names[rule]);
	s->has[rule] = true;
	if (!given) {
		rule_parse(s, word, rule, (struct slice){0});
		return;
	}
	skip(rest, 1);
	struct slice value = take_source(rest);
	bool is_quoted;
	if (rule != RULE_MAP) {
		struct slice part = value;
		value = spec_take_part(word, &part, ";", &is_quoted);
	}
	rule_parse(s, word, rule, value);
}

static void
set_name(struct spec *s, struct slice word, struct slice name)
{
	if (!name.n)
		die(STATUS_USAGE, "%s: the name is empty", quoted(word));
	if (name.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "%s: the name is longer than %d bytes", quoted(word),
		    NAME_MAX_BYTES);
	s->name = name;
}

void
spec_parse(struct spec *s, const char *text, const struct slice *nulls, size_t n_nulls)
{
	struct slice word = slice_of(text), rest = word;
	bool is_quoted, type_quoted;
	*s = (struct spec){.fallback = SLICE("\xc0")};
	if (!utf8_valid(word))
		die(STATUS_USAGE, "%s is not UTF-8", quoted(word));
	struct slice name_word = rest;
	struct slice name = spec_take_part(word, &rest, ":", &is_quoted);
	name_word.n -= rest.n;
	if (!rest.n)
		die(STATUS_USAGE, "%s: a field is NAME:TYPE[=SOURCE][;RULE...]", quoted(word));
	set_name(s, word, name);
	skip(&rest, 1);
	struct slice type = spec_take_part(word, &rest, "=;", &type_quoted);
	s->type = value_type_named(type);
	if (s->type == VALUE_BAD)
		die(STATUS_USAGE,
		    "%s: there is no type %s: bool, int, float, decimal, text, bytes, date, "
		    "datetime, "
		    "timestamp, json",
		    quoted(word), quoted(type));
	bool has_source = rest.n && rest.p[0] == '=';
	if (has_source)
		skip(&rest, 1);
	set_source(s, word, has_source ? take_source(&rest) : name_word);
	while (rest.n)
		take_rule(s, word, &rest);
	if (s->has[RULE_CONST] && has_source)
		die(STATUS_USAGE, "%s: const= takes the place of a source", quoted(word));
	for (size_t i = 0; i < n_nulls && !s->has[RULE_CONST]; i++)
		rule_parse(s, word, RULE_NULL, nulls[i]);
	rules_check(s, word);
}
