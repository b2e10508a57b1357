/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/extract/extract_impl.h"
#include "common/program/message.h"
#include "common/text/decimal.h"
#include "common/text/utf8.h"
#include "common/time/iso.h"

bool
extract_read_value(enum value_type type, struct slice text, struct value *v, struct buf *bytes)
{
	*v = (struct value){.type = type, .s = text};
	switch (type) {
	case VALUE_TEXT:
		return utf8_valid(text) && !(text.n && memchr(text.p, '\0', text.n));
	case VALUE_INT:
	case VALUE_DECIMAL:
		buf_reset(bytes);
		if (!decimal_parse(text, bytes))
			return false;
		v->s = buf_slice(bytes);
		if (type == VALUE_DECIMAL)
			return true;
		uint64_t u;
		int64_t n;
		if (!decimal_to_integer(v->s, &n, &u, &v->huge))
			return false;
		if (v->huge)
			v->u = u;
		else
			v->i = n;
		return true;
	case VALUE_DATE:
		return iso_read_date(text, &v->i);
	case VALUE_DATETIME:
		return iso_read_datetime(text, &v->i);
	case VALUE_TIMESTAMP: {
		int64_t seconds;
		uint32_t nanoseconds;
		if (!iso_read_timestamp(text, &seconds, &nanoseconds))
			return false;
		v->at.seconds = seconds;
		v->at.nanoseconds = nanoseconds;
		return true;
	}
	default:
		return false;
	}
}

static bool
is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return s.n > 0;
}

static struct extract_param *
add(struct slice name)
{
	struct extracting *x = &extracting;
	x->params = xrealloc(x->params, (x->n_params + 1) * sizeof *x->params);
	struct extract_param *p = &x->params[x->n_params++];
	*p = (struct extract_param){.name = name};
	return p;
}

static const struct extract_param *
find(struct slice name)
{
	for (size_t i = 0; i < extracting.n_params; i++)
		if (slice_equal(extracting.params[i].name, name))
			return &extracting.params[i];
	return NULL;
}

/* NAME=VALUE or NAME:TYPE=VALUE */
static void
add_given(const char *option)
{
	const char *equals = strchr(option, '=');
	struct slice name = {option, equals ? (size_t)(equals - option) : 0};
	const char *colon = name.n ? memchr(name.p, ':', name.n) : NULL;
	enum value_type type = VALUE_TEXT;
	if (colon) {
		type = value_type_named((struct slice){colon + 1, (size_t)(equals - colon - 1)});
		name.n = (size_t)(colon - option);
	}
	if (!is_name(name))
		die(STATUS_USAGE, "--param: %s is not NAME=VALUE", quoted(slice_of(option)));
	if (find(name))
		die(STATUS_USAGE, "--param: %s is given twice", quoted(name));
	if (slice_is(name, "from") || slice_is(name, "to"))
		die(STATUS_USAGE, "--param: %s is the window's: use --%.*s", quoted(name),
		    (int)name.n, name.p);
	struct extract_param *p = add(name);
	struct slice value = slice_of(equals + 1);
	if (extract_read_value(type, value, &p->value, &p->bytes))
		return;
	if (type == VALUE_BAD || type == VALUE_JSON || type == VALUE_FLOAT || type == VALUE_BOOL ||
	    type == VALUE_BYTES)
		die(STATUS_USAGE,
		    "--param: %s: the type is one of text, int, decimal, date, datetime, timestamp",
		    quoted(slice_of(option)));
	die(STATUS_USAGE, "--param: %s: %s is not a %s", quoted(name), quoted(value),
	    value_type_name(type));
}

/* A day of the window; one of the environment counts only if it is used, as FROM may be anything. */
static void
add_day(const char *name, const char *option, const char *variable)
{
	const char *text = option ? option : getenv(variable);
	if (!text || !*text)
		return;
	struct extract_param *p = add(slice_of(name));
	p->used = true;
	if (!extract_read_value(VALUE_DATE, slice_of(text), &p->value, &p->bytes))
		p->value = (struct value){.type = VALUE_BAD, .s = slice_of(text)};
	if (option && p->value.type == VALUE_BAD)
		die(STATUS_USAGE, "--%s: %s is not a date as YYYY-MM-DD", name,
		    quoted(slice_of(text)));
}

void
extract_params_init(const struct option_list *given, const char *from, const char *to)
{
	for (size_t i = 0; i < given->n; i++)
		add_given(given->items[i]);
	add_day("from", from, "FROM");
	add_day("to", to, "TO");
}

const struct extract_param *
extract_param_named(struct slice name, const char *what)
{
	const struct extract_param *p = find(name);
	if (!p && (slice_is(name, "from") || slice_is(name, "to")))
		die(STATUS_USAGE, "%s: {%.*s} is undefined: give --%.*s, or %s in the environment",
		    what, (int)name.n, name.p, (int)name.n, name.p, name.n == 2 ? "TO" : "FROM");
	if (!p)
		die(STATUS_USAGE, "%s: {%.*s} is undefined: give --param %.*s=VALUE", what,
		    (int)name.n, name.p, (int)name.n, name.p);
	if (p->value.type == VALUE_BAD)
		die(STATUS_CONFIG, "the environment variable %s: %s is not a date as YYYY-MM-DD",
		    name.n == 2 ? "TO" : "FROM", quoted(p->value.s));
	extracting.params[p - extracting.params].used = true;
	return p;
}

void
extract_params_check(void)
{
	for (size_t i = 0; i < extracting.n_params; i++)
		if (!extracting.params[i].used)
			die(STATUS_USAGE, "--param: {%.*s} is nowhere in --query",
			    (int)extracting.params[i].name.n, extracting.params[i].name.p);
}
