/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/iso.h"
#include "common/message.h"
#include "common/record.h"
#include "common/secret.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/names.h"
#include "stages/fetch-api/shown.h"

struct name {
	struct slice name;
	struct template_value value;
	bool secret;
};

static struct name *names;
static size_t n_names;

static struct name *
add(struct slice name)
{
	names = xrealloc(names, (n_names + 1) * sizeof *names);
	names[n_names] = (struct name){.name = name};
	return &names[n_names++];
}

static struct name *
find(struct slice name)
{
	for (size_t i = n_names; i > 0; i--)
		if (slice_equal(names[i - 1].name, name))
			return &names[i - 1];
	return NULL;
}

/* NAME of NAME=VALUE; *value is what follows. */
static struct slice
split(const char *option, const char *text, const char **value)
{
	const char *equals = strchr(text, '=');
	if (!equals || equals == text)
		die(STATUS_USAGE, "--%s: %s is not NAME=VALUE", option, quoted(slice_of(text)));
	*value = equals + 1;
	return (struct slice){text, (size_t)(equals - text)};
}

static void
add_text(struct slice name, struct slice text, bool given)
{
	struct name *n = add(name);
	n->value.given = given;
	n->value.value = (struct value){.type = VALUE_TEXT, .s = text};
}

static void
add_secret(struct slice name, const char *text)
{
	/* Kept as long as the process: every retry fills the request anew. */
	struct secret secret;
	secret_load(&secret, "secret", text);
	shown_hide(secret_value(&secret));
	add_text(name, secret_value(&secret), false);
	names[n_names - 1].secret = true;
}

/* ---- the window ---- */

static int64_t bounds[2];

/* A day of the window. From the environment it counts only where it is used, as FROM may be anybody's. */
static void
add_day(const char *name, const char *variable, const char *given, int64_t *days)
{
	const char *text = given ? given : getenv(variable);
	struct buf raw = {0};
	*days = INT64_MIN;
	if (!text || !*text || find(slice_of(name)))
		return;
	if (!iso_read_date(slice_of(text), days)) {
		if (given)
			die(STATUS_USAGE, "--%s: %s is not a date YYYY-MM-DD", name,
			    quoted(slice_of(text)));
		*days = INT64_MIN;
		return;
	}
	value_put_date(&raw, (int32_t)*days);
	buf_check(&raw, "a date", NULL);
	value_read(
	    raw.p, raw.p + raw.n, &add(slice_of(name))->value.value); /* which points into raw */
}

void
names_init(void)
{
	const char *value;
	for (size_t i = 0; i < config.set.n; i++) {
		struct slice name = split("set", config.set.items[i], &value);
		add_text(name, slice_of(value), true);
	}
	for (size_t i = 0; i < config.secret.n; i++) {
		struct slice name = split("secret", config.secret.items[i], &value);
		add_secret(name, value);
	}
	add_day("from", "FROM", config.from, &bounds[0]);
	add_day("to", "TO", config.to, &bounds[1]);
	if (bounds[0] != INT64_MIN && bounds[1] != INT64_MIN && bounds[0] >= bounds[1])
		die(STATUS_USAGE, "the window is empty: --to is the day after its last one, and "
				  "must be later than --from");
}

/* ---- templates ---- */

static void
check_name(const char *option, struct slice name)
{
	bool window = slice_is(name, "from") || slice_is(name, "to");
	if (config.each || find(name))
		return;
	if (window)
		die(STATUS_USAGE,
		    "--%s: {%.*s} stands for nothing: give --%.*s or set %s to a date YYYY-MM-DD",
		    option, (int)name.n, name.p, (int)name.n, name.p, name.n == 2 ? "TO" : "FROM");
	die(STATUS_USAGE,
	    "--%s: {%.*s} stands for nothing: give --set %.*s=VALUE, or --each to take it from the "
	    "input",
	    option, (int)name.n, name.p, (int)name.n, name.p);
}

struct template names_template(const char *option, struct slice text, enum template_place place)
{
	struct template t;
	const char *wrong = template_parse(&t, text, place);
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(text), wrong);
	for (size_t i = 0; i < t.n; i++)
		if (t.parts[i].field)
			check_name(option, t.parts[i].text);
	return t;
}

bool
names_hold_secret(const struct template *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct name *name = t->parts[i].field ? find(t->parts[i].text) : NULL;
		if (name && name->secret)
			return true;
	}
	return false;
}

bool
names_hold_record(const struct template *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].field && !find(t->parts[i].text))
			return true;
	return false;
}

static bool
find_value(void *context, struct slice name, struct template_value *v)
{
	(void)context;
	const struct name *known = find(name);
	if (known) {
		*v = known->value;
		return true;
	}
	return fetch.record && record_get_path(fetch.record, name, &v->value);
}

void
names_fill(const struct template *t, const char *option, struct buf *out)
{
	struct template_error error;
	if (!template_fill(t, find_value, NULL, out, &error))
		die(fetch.record ? STATUS_DATA : STATUS_USAGE, "%s--%s: {%.*s} %s", shown_where(),
		    option, (int)error.name.n, error.name.p, error.what);
	buf_check(out, "a filled template", NULL);
}

bool
names_value(const struct template *t, const char *option, struct value *v)
{
	struct template_value found = {0};
	if (t->n != 1 || !t->parts[0].field || t->parts[0].days || t->parts[0].format.n)
		return false;
	if (!find_value(NULL, t->parts[0].text, &found))
		die(STATUS_DATA, "%s--%s: {%.*s} stands for nothing", shown_where(), option,
		    (int)t->parts[0].text.n, t->parts[0].text.p);
	*v = found.value;
	return !found.given;
}
