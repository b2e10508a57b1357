/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/program/message.h"
#include "common/program/zone_file.h"
#include "common/record/record.h"
#include "common/stream/missing.h"
#include "common/time/date_text.h"
#include "common/time/iso.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/credential.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/job_values.h"
#include "stages/fetch-api/redact.h"
#include "stages/fetch-api/variables.h"

struct name {
	struct slice name;
	struct template_value value;
	bool secret;
	const char *source; /* that gives the value, for messages */
	const char *other;  /* that gives another one: an error where the name is used; or NULL */
	const char *bad;    /* text of the environment that is not a date: the same; or NULL */
};

static struct name *names;
static size_t n_names;

static const struct zone *zone; /* of --zone, or NULL */

static struct name *
add(struct slice name, const char *source)
{
	names = xrealloc(names, (n_names + 1) * sizeof *names);
	names[n_names] = (struct name){.name = name, .source = source};
	return &names[n_names++];
}

static struct name *
find(struct slice name)
{
	for (size_t i = 0; i < n_names; i++)
		if (slice_equal(names[i].name, name))
			return &names[i];
	return NULL;
}

_Noreturn static void
two_sources(enum status status, const char *option, struct slice name, const char *a, const char *b)
{
	die(status, "%s--%s: {%.*s} has two sources, %s and %s: rename or remove one of them",
	    record_prefix(), option, (int)name.n, name.p, a, b);
}

/* The name, to be given by an option. A later one of the same option overrides an earlier one. */
static struct name *
set(struct slice name, const char *option)
{
	struct name *known = find(name);
	if (known && strcmp(known->source, option) != 0)
		two_sources(STATUS_USAGE, option + 2, name, known->source, option);
	return known ? known : add(name, option);
}

/* NAME of NAME=VALUE; *value is the rest. */
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
set_text(struct name *n, struct slice text, bool given)
{
	n->value.given = given;
	n->value.value = (struct value){.type = VALUE_TEXT, .s = text};
}

static void
add_secret(struct slice name, const char *text)
{
	/* Kept as long as the process: every retry fills the request anew. */
	struct secret secret;
	struct name *n = set(name, "--secret");
	credential_load(&secret, "secret", text);
	set_text(n, secret_value(&secret), false);
	n->secret = true;
}

static int64_t bounds[2];

/* A day of the window from the environment, which counts only where it is used, as FROM may be anybody's. */
static void
add_variable(const char *name, const char *variable, int64_t *days)
{
	const char *text = getenv(variable);
	struct name *known = find(slice_of(name));
	if (!text || !*text)
		return;
	bool good = iso_read_date(slice_of(text), days);
	if (!good)
		*days = INT64_MIN;
	if (known && good)
		known->other = slice_is(slice_of(name), "from") ? "the environment variable FROM"
								: "the environment variable TO";
	if (known)
		return;
	known = add(slice_of(name), variable);
	known->bad = good ? NULL : text;
}

static void
add_day(const char *name, const char *variable, const char *given, int64_t *days)
{
	static const char *const sources[] = {
	    "--from", "--to", "the environment variable FROM", "the environment variable TO"};
	bool to = slice_is(slice_of(name), "to");
	struct buf raw = {0};
	*days = INT64_MIN;
	if (given) {
		set(slice_of(name), sources[to]);
		if (!iso_read_date(slice_of(given), days))
			die(STATUS_USAGE, "--%s: %s is not a date YYYY-MM-DD", name,
			    quoted(slice_of(given)));
	} else {
		add_variable(name, variable, days);
	}
	struct name *known = find(slice_of(name));
	if (*days == INT64_MIN || known->other)
		return;
	known->source = given ? known->source : sources[2 + to];
	value_put_date(&raw, (int32_t)*days);
	buf_check(&raw, "a date", NULL);
	value_read(raw.p, raw.p + raw.n, &known->value.value); /* which points into raw */
}

static void
read_zone(void)
{
	const char *wrong;
	if (!config.zone)
		return;
	zone = zone_named(slice_of(config.zone), &wrong);
	if (!zone)
		die(STATUS_USAGE, "--zone: %s %s", quoted(slice_of(config.zone)), wrong);
}

void
variables_init(void)
{
	const char *value;
	read_zone();
	for (size_t i = 0; i < config.set.n; i++) {
		struct slice name = split("set", config.set.items[i], &value);
		set_text(set(name, "--set"), slice_of(value), true);
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
	windows_init(bounds[0], bounds[1], zone);
}

/* "; there is {account}, {from}, did you mean {account}?"; empty if there are no names. */
static const char *
known_names(struct slice name)
{
	struct slice *all = xcalloc(n_names + 1, sizeof *all);
	for (size_t i = 0; i < n_names; i++)
		all[i] = names[i].name;
	const char *text = missing_among("; there is ", name, all, n_names);
	free(all);
	return text;
}

/* {from} and {to} are written as the options about the window say. Coverage and --include take them as they are. */
static void
set_format(struct template_part *part)
{
	bool to = slice_is(part->text, "to");
	if (!to && !slice_is(part->text, "from"))
		return;
	windows_note_use();
	if (to && !part->days)
		part->seconds = windows_end_offset();
	if (!part->format.n)
		part->format = windows_format();
}

static const char job_source[] = "the answer about a job";

static void
check_name(const char *option, const struct template_part *part)
{
	struct slice name = part->text;
	bool window = slice_is(name, "from") || slice_is(name, "to");
	const struct name *known = find(name);
	if (job_values_has(name)) {
		if (known)
			two_sources(STATUS_USAGE, option, name, known->source, job_source);
		job_values_check(option, name);
		return;
	}
	if (known && known->bad)
		die(STATUS_USAGE, "%s: %s is not a date YYYY-MM-DD, and --%s uses {%.*s}",
		    known->source, quoted(slice_of(known->bad)), option, (int)name.n, name.p);
	if (known && known->other)
		two_sources(STATUS_USAGE, option, name, known->source, known->other);
	if (known && window && !zone && date_format_needs_zone(part->format))
		die(STATUS_USAGE, "--%s: {%.*s:%.*s} writes an instant: give --zone", option,
		    (int)name.n, name.p, (int)part->format.n, part->format.p);
	if (config.each || known)
		return;
	if (window)
		die(STATUS_USAGE,
		    "--%s: {%.*s} is undefined: give --%.*s or set %s to a date YYYY-MM-DD", option,
		    (int)name.n, name.p, (int)name.n, name.p, name.n == 2 ? "TO" : "FROM");
	die(STATUS_USAGE,
	    "--%s: {%.*s} is undefined: give --set %.*s=VALUE, or --each to take it from the "
	    "input%s",
	    option, (int)name.n, name.p, (int)name.n, name.p, known_names(name));
}

struct template variables_template(const char *option, struct slice text, enum template_place place)
{
	struct template t;
	options_at(text.p);
	const char *wrong = template_parse(&t, text, place);
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(text), wrong);
	for (size_t i = 0; i < t.n; i++) {
		if (t.parts[i].field && strcmp(option, "cover") != 0 &&
		    strcmp(option, "include") != 0)
			set_format(&t.parts[i]);
		if (t.parts[i].field)
			check_name(option, &t.parts[i]);
	}
	options_at(NULL);
	t.zone = zone;
	return t;
}

bool
variables_hold_secret(const struct template *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct name *name = t->parts[i].field ? find(t->parts[i].text) : NULL;
		if (name && name->secret)
			return true;
	}
	return false;
}

bool
variables_hold_record(const struct template *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].field && !find(t->parts[i].text))
			return true;
	return false;
}

/* Of {from} and {to}, as the task has them. */
static bool
window_value(const struct window *window, struct slice name, struct template_value *v)
{
	const struct buf *raw = slice_is(name, "from") ? &window->from
				: slice_is(name, "to") ? &window->to
						       : NULL;
	if (!raw || !raw->n)
		return false;
	*v = (struct template_value){0};
	value_read(raw->p, raw->p + raw->n, &v->value);
	return true;
}

/* The context of find_value. */
struct use {
	const char *option; /* whose template it is */
	const struct template *t;
};

bool
variables_are_several(struct slice name)
{
	if (!config.group || find(name) || job_values_has(name))
		return false;
	for (size_t i = 0; i < config.group_by.n; i++)
		if (slice_is(name, config.group_by.items[i]))
			return false;
	return true;
}

/* The values of all records of the group. */
static void
group_values(const struct use *use, struct slice name, struct template_value *v)
{
	static struct value *list;
	static size_t room;
	const struct group *g = &fetch.task->group;
	if (g->n > room) {
		room = g->n;
		list = xrealloc(list, room * sizeof *list);
	}
	for (size_t i = 0; i < g->n; i++)
		if (!record_get_path(&g->list[i].record, name, &list[i]))
			die(STATUS_DATA, "record %" PRIu64 ": --%s: {%.*s} is undefined",
			    g->list[i].number, use->option, (int)name.n, name.p);
	v->list = list;
	v->n = g->n;
	v->join = slice_of(config.join);
}

static bool
find_value(void *context, struct slice name, struct template_value *v)
{
	const struct use *use = context;
	const struct task *task = fetch.task;
	const struct name *known = find(name);
	bool there = task->record && record_get_path(task->record, name, &v->value);
	if (job_values_has(name)) {
		bool first = use->t->place == TEMPLATE_URL && use->t->parts[0].field &&
			     slice_equal(use->t->parts[0].text, name);
		if (there)
			two_sources(
			    STATUS_DATA, use->option, name, job_source, "a field of the record");
		return job_values_get(name, first, v);
	}
	if (known && there)
		two_sources(STATUS_DATA, use->option, name, known->source, "a field of the record");
	if (known && !window_value(&task->window, name, v))
		*v = known->value;
	if (there && task->several && variables_are_several(name))
		group_values(use, name, v);
	return known || there;
}

bool
variables_are_there(const struct template *t, const char *option)
{
	struct use use = {option, t};
	for (size_t i = 0; i < t->n; i++) {
		struct template_value v = {0};
		if (t->parts[i].field &&
		    (!find_value(&use, t->parts[i].text, &v) || v.value.type == VALUE_NULL ||
			(v.value.type == VALUE_TEXT && !v.value.s.n)))
			return false;
	}
	return true;
}

void
variables_check(const struct template *t, const char *option)
{
	struct use use = {option, t};
	struct template_value ignored;
	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].field)
			find_value(&use, t->parts[i].text, &ignored);
}

void
variables_fill(const struct template *t, const char *option, struct buf *out)
{
	struct template_error error;
	struct use use = {option, t};
	bool good = template_fill(t, find_value, &use, out, &error);
	if (!good && job_values_has(error.name)) {
		struct buf why = {0};
		job_values_explain(&why, error.name);
		die(STATUS_DATA, "%s--%s: {%.*s} %s%s%s", record_prefix(), option,
		    (int)error.name.n, error.name.p, error.what, why.n ? ": " : "",
		    redact(buf_slice(&why)));
	}
	if (!good)
		die(fetch.task->record ? STATUS_DATA : STATUS_USAGE, "%s--%s: {%.*s} %s",
		    record_prefix(), option, (int)error.name.n, error.name.p, error.what);
	buf_check(out, "a filled template", NULL);
}

bool
variables_value(const struct template *t, const char *option, struct value *v)
{
	struct template_value found = {0};
	struct use use = {option, t};
	if (t->n != 1 || !t->parts[0].field || t->parts[0].days || t->parts[0].format.n)
		return false;
	if (!find_value(&use, t->parts[0].text, &found))
		die(STATUS_DATA, "%s--%s: {%.*s} is undefined", record_prefix(), option,
		    (int)t->parts[0].text.n, t->parts[0].text.p);
	*v = found.value;
	return !found.given;
}
