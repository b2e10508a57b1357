/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/datapipeline/recurrence.h"
#include "common/datapipeline/resolve.h"
#include "common/operate/live_impl.h"
#include "common/program/message.h"

/* Adds a slice to a list unless it is there. */
static void
add_once(struct slice **list, size_t *n, struct slice item)
{
	for (size_t i = 0; i < *n; i++)
		if (slice_equal((*list)[i], item))
			return;
	*list = xrealloc(*list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = item;
}

static void
add_batch(struct live *l, struct slice name, const struct batch *batch)
{
	for (size_t i = 0; i < l->batches_n; i++)
		if (slice_equal(l->batches[i].name, name))
			return;
	l->batches = xrealloc(l->batches, (l->batches_n + 1) * sizeof *l->batches);
	l->batches[l->batches_n++] = (struct live_batch){name, batch};
	if (batch && batch->head.target.n)
		add_once(&l->targets, &l->targets_n, batch->head.target);
}

static struct slice
base_name(struct slice path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return (struct slice){path.p + i, path.n - i};
	return path;
}

static const struct batch *
batch_named(const struct batches *all, struct slice word)
{
	struct slice base = base_name(word);
	for (size_t i = 0; i < all->n; i++) {
		const char *path = all->items[i].path;
		if (slice_equal(all->items[i].name, word) ||
		    slice_equal(base_name(slice_of(path)), base))
			return &all->items[i];
	}
	return NULL;
}

static bool
is_launcher(struct slice word)
{
	struct slice base = base_name(word);
	if (slice_is(base, "run-batch") || slice_is(base, "launcher"))
		return true;
	for (size_t i = 0; i < live_options.launchers.n; i++)
		if (slice_is(base, live_options.launchers.items[i]))
			return true;
	return false;
}

static bool
begins_with(struct slice text, const char *word)
{
	size_t n = strlen(word);
	return text.n >= n && memcmp(text.p, word, n) == 0;
}

static bool
ends_with(struct slice text, const char *word)
{
	size_t n = strlen(word);
	return text.n >= n && memcmp(text.p + text.n - n, word, n) == 0;
}

/* A word that names a database: mysql://host/team_x, or mysql:team_x. */
static void
look_at_target(struct live *l, struct slice word)
{
	static const char *const kinds[][2] = {{"mysql:", "mysql"}, {"mariadb:", "mysql"},
	    {"postgresql:", "postgresql"}, {"postgres:", "postgresql"}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i][0]);
		if (!begins_with(word, kinds[i][0]))
			continue;
		struct slice rest = {word.p + n, word.n - n};
		if (begins_with(rest, "//")) {
			const char *path = memchr(rest.p + 2, '/', rest.n - 2);
			rest = path ? (struct slice){path + 1, (size_t)(rest.p + rest.n - path) - 1}
				    : (struct slice){0};
			const char *query = rest.n ? memchr(rest.p, '?', rest.n) : NULL;
			if (query)
				rest.n = (size_t)(query - rest.p);
		}
		if (!rest.n)
			continue;
		struct buf target = {0}; /* it lives on */
		buf_printf(&target, "%s %.*s", kinds[i][1], (int)rest.n, rest.p);
		buf_check(&target, "a target", NULL);
		add_once(&l->targets, &l->targets_n, buf_slice(&target));
	}
}

static bool
contains_url(struct slice word)
{
	for (size_t i = 0; i + 3 <= word.n; i++)
		if (memcmp(word.p + i, "://", 3) == 0)
			return true;
	return false;
}

/* The words of a command line, without quotes; one command ends at ; & | or a line's end. */
static void
look_at_command(struct live *l, const struct batches *all, struct slice text)
{
	struct slice first = {0};
	bool launches = false, known = false, after_option = false;
	size_t i = 0;
	while (i <= text.n) {
		size_t from = i;
		while (i < text.n && !strchr(" \t\r\n;&|()<>\"'`=,", text.p[i]))
			i++;
		struct slice word = {text.p + from, i - from};
		const struct batch *batch = word.n ? batch_named(all, word) : NULL;
		if (batch)
			add_batch(l, batch->name, batch);
		known |= batch != NULL;
		if (launches && !first.n && word.n && !after_option && *word.p != '-' &&
		    !contains_url(word) && head_name_is_good(base_name(word)))
			first = word;
		launches |= is_launcher(word);
		if (word.n)
			after_option = *word.p == '-';
		if (ends_with(word, ".tar.gz") || ends_with(word, ".tgz") ||
		    ends_with(word, ".zip"))
			add_once(&l->artifacts, &l->artifacts_n, word);
		look_at_target(l, word);
		if (i == text.n || strchr(";&|\n", text.p[i])) {
			if (launches && !known && first.n)
				add_batch(l, base_name(first), NULL);
			launches = known = after_option = false;
			first = (struct slice){0};
		}
		i++;
	}
}

/* A field with its parameters put in; it lives on. */
static struct slice
expanded(const struct live *l, const struct dp_object *o, struct slice value)
{
	/* Some time: which one does not matter for names. */
	struct dp_run run = {.d = &l->d, .object = o, .has_times = true, .end = 86400};
	struct dp_faults faults = {0};
	struct buf text = {0};
	dp_run_expand(&run, &text, value, &faults);
	buf_check(&text, "a command", NULL);
	return buf_slice(&text);
}

/* "$1" of a command is its first argument. */
static struct slice
with_arguments(const struct live *l, const struct dp_object *o, struct slice command)
{
	struct buf out = {0};
	for (size_t i = 0; i < command.n; i++) {
		size_t brace = i + 1 < command.n && command.p[i] == '$' && command.p[i + 1] == '{';
		size_t digit = i + 1 + brace;
		if (command.p[i] != '$' || digit >= command.n || command.p[digit] < '1' ||
		    command.p[digit] > '9') {
			buf_put_byte(&out, command.p[i]);
			continue;
		}
		const struct dp_object *owner;
		const struct dp_field *f = dp_field(&l->d, o, "scriptArgument", &owner);
		for (char n = '1'; f && n < command.p[digit]; n++)
			f = dp_next_value(owner, f);
		if (f)
			buf_put_slice(&out, expanded(l, o, f->value));
		i = digit + brace;
	}
	buf_check(&out, "a command", NULL);
	return buf_slice(&out);
}

static void
look_at_activity(struct live *l, const struct batches *all, const struct dp_object *o)
{
	static const char *const keys[] = {"command", "scriptUri"};
	for (size_t i = 0; i < 2; i++) {
		const struct dp_field *f = dp_field(&l->d, o, keys[i], NULL);
		if (f && f->kind == DP_VALUE_TEXT)
			look_at_command(l, all, with_arguments(l, o, expanded(l, o, f->value)));
	}
	const struct dp_object *owner;
	const struct dp_field *f = dp_field(&l->d, o, "scriptArgument", &owner);
	for (; f; f = dp_next_value(owner, f))
		look_at_command(l, all, expanded(l, o, f->value));
	const struct dp_object *machine = dp_target(&l->d, o, "runsOn");
	f = machine ? dp_field(&l->d, machine, "imageId", NULL) : NULL;
	if (f)
		add_once(&l->images, &l->images_n, expanded(l, machine, f->value));
	/* Of several schedules, the first one is shown. */
	const struct dp_object *schedule = dp_target(&l->d, o, "schedule");
	const struct dp_field *period = schedule ? dp_field(&l->d, schedule, "period", NULL) : NULL;
	if (!period || l->schedule.n || l->is_on_demand)
		return;
	buf_put_slice(&l->schedule, expanded(l, schedule, period->value));
	f = dp_field(&l->d, schedule, "startDateTime", NULL);
	if (f)
		buf_printf(&l->schedule, " from %.*sZ", (int)f->value.n, f->value.p);
	buf_check(&l->schedule, "a schedule", NULL);
}

void
live_look(struct live *l, const struct batches *all, struct slice given)
{
	const struct dp_object *first = dp_object(&l->d, SLICE("Default"));
	const struct dp_field *type = first ? dp_own_field(first, SLICE("scheduleType")) : NULL;
	l->is_on_demand = type && slice_equal_caseless(type->value, SLICE("ondemand"));
	for (size_t i = 0; i < l->d.objects_n; i++)
		if (dp_class_of(l->d.objects[i].type) == DP_ACTIVITY)
			look_at_activity(l, all, &l->d.objects[i]);
	if (l->is_on_demand)
		buf_put_text(&l->schedule, "on demand");
	if (given.n) {
		l->targets_n = 0;
		add_once(&l->targets, &l->targets_n, given);
	}
}
