/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/record/record.h"
#include "stages/fetch-api/config.h"
#include "stages/fetch-api/lineage.h"

/* A value beside the way to the records. */
struct beside {
	struct slice name; /* of the field */
	struct slice text; /* the path, as it was given */
	struct json_path whole;
	size_t level;          /* it is in this level of the lineage … */
	struct json_path path; /* … at this path */
	bool found;            /* in any answer */
};

static struct beside *parents;
static size_t n_parents;
static struct beside columns; /* --names-path */
static bool has_columns;
static struct slice *members; /* the fields of "{FIELD}" steps … */
static size_t *member_levels; /* … and their levels */
static size_t n_members;
static size_t deepest; /* level that any of them needs */
static bool any;       /* a record was sent */

static bool
same_step(const struct json_step *a, const struct json_step *b)
{
	if (json_step_goes_through(a) || json_step_goes_through(b))
		return a->each == b->each && a->members == b->members;
	return slice_equal(a->name, b->name);
}

/* The level that a path and --record-path have in common, and the path from there. */
static void
find_level(struct beside *b)
{
	size_t from = 0;
	b->level = 0;
	for (size_t i = 0; i < b->whole.n && i < config.record_path.n; i++) {
		if (!same_step(&b->whole.steps[i], &config.record_path.steps[i]))
			break;
		if (json_step_goes_through(&b->whole.steps[i])) {
			b->level++;
			from = i + 1;
		}
	}
	b->path = json_path_part(&b->whole, from, b->whole.n);
	if (b->level > deepest)
		deepest = b->level;
}

static void
parse_path(struct beside *b, const char *option, const char *text)
{
	b->text = slice_of(text);
	options_at(text);
	const char *wrong = json_path_parse_records(&b->whole, b->text);
	if (wrong)
		die(STATUS_USAGE, "--%s: %s: %s", option, quoted(b->text), wrong);
	find_level(b);
	options_at(NULL);
}

static void
check_name(const char *option, struct slice name)
{
	if (!name.n || name.n > NAME_MAX_BYTES)
		die(STATUS_USAGE, "--%s: a name is empty or longer than %d bytes", option,
		    NAME_MAX_BYTES);
	if (lineage_has(name))
		die(STATUS_USAGE, "--%s: %s is given twice", option, quoted(name));
	if (config.wrap && slice_is(name, config.wrap))
		die(STATUS_USAGE, "--%s: %s is also the name of --wrap", option, quoted(name));
}

static void
init_members(void)
{
	size_t level = 0;
	members = xcalloc(JSON_PATH_MAX, sizeof *members);
	member_levels = xcalloc(JSON_PATH_MAX, sizeof *member_levels);
	for (size_t i = 0; i < config.record_path.n; i++) {
		const struct json_step *step = &config.record_path.steps[i];
		level += json_step_goes_through(step);
		if (!step->members)
			continue;
		check_name("record-path", step->name);
		members[n_members] = step->name;
		member_levels[n_members++] = deepest = level;
	}
}

static void
init_parents(void)
{
	static const char option[] = "include-from-parent";
	for (size_t i = 0; i < config.include_from_parent.n; i++) {
		const char *text = config.include_from_parent.items[i];
		const char *equals = strchr(text, '=');
		struct beside b = {.name = {text, equals ? (size_t)(equals - text) : 0}};
		if (!equals)
			die(STATUS_USAGE, "--%s: %s is not NAME=PATH", option,
			    quoted(slice_of(text)));
		check_name(option, b.name);
		parse_path(&b, option, equals + 1);
		bool through = !b.path.n;
		for (size_t k = 0; k < b.path.n; k++)
			through |= json_step_goes_through(&b.path.steps[k]);
		if (through)
			die(STATUS_USAGE,
			    "--%s: %s is not a member of an object that --record-path passes",
			    option, quoted(b.text));
		parents = xrealloc(parents, (n_parents + 1) * sizeof *parents);
		parents[n_parents++] = b;
	}
}

void
lineage_init(void)
{
	init_members();
	init_parents();
	if (!config.names_path)
		return;
	if (config.wrap)
		die(STATUS_USAGE, "--names-path and --wrap exclude each other");
	has_columns = true;
	parse_path(&columns, "names-path", config.names_path);
}

size_t
lineage_count(void)
{
	return n_members + n_parents;
}

bool
lineage_has(struct slice name)
{
	for (size_t i = 0; i < n_members; i++)
		if (slice_equal(members[i], name))
			return true;
	for (size_t i = 0; i < n_parents; i++)
		if (slice_equal(parents[i].name, name))
			return true;
	return false;
}

bool
lineage_any(bool (*is)(const struct json_path *path))
{
	for (size_t i = 0; i < n_parents; i++)
		if (is(&parents[i].whole))
			return true;
	return has_columns && is(&columns.whole);
}

bool
lineage_has_columns(void)
{
	return has_columns;
}

/* Whether the levels that matter are those of the record before; notes them. */
static bool
is_same(struct lineage_fields *f, const struct lineage *l)
{
	bool same = f->n_seen > 0;
	size_t n = deepest + 1 < l->n ? deepest + 1 : l->n;
	for (size_t i = 0; i < n; i++) {
		same = same && i < f->n_seen && f->seen[i].p == l->levels[i].p;
		f->seen[i] = l->levels[i];
	}
	f->n_seen = n;
	return same;
}

static void
put_pairs(struct buf *pairs, const struct lineage *l)
{
	buf_reset(pairs);
	for (size_t i = 0; i < n_members; i++) {
		mp_buf_str(pairs, members[i]);
		mp_buf_str(pairs, l->names[member_levels[i]]);
	}
	for (size_t i = 0; i < n_parents; i++) {
		struct slice value;
		mp_buf_str(pairs, parents[i].name);
		if (mp_path_get(l->levels[parents[i].level], &parents[i].path, &value)) {
			parents[i].found = true;
			buf_put_slice(pairs, value);
		} else {
			mp_buf_nil(pairs);
		}
	}
	buf_check(pairs, "the fields of a record's parents", NULL);
}

static const char *
add_column(struct lineage_fields *f, struct slice value)
{
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	struct slice name = {t.p, t.n};
	if (t.type != MP_STR)
		return "a value there is not a text";
	if (!name.n || name.n > NAME_MAX_BYTES)
		return "a name there is empty or longer than 1024 bytes";
	if (f->n_columns + lineage_count() >= FIELDS_MAX)
		return "there are more than 4096 names";
	for (size_t i = 0; i < f->n_columns; i++)
		if (slice_equal(f->columns[i], name))
			return "a name is there twice";
	if (f->n_columns == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 64;
		f->columns = xrealloc(f->columns, f->cap * sizeof *f->columns);
	}
	f->columns[f->n_columns++] = name;
	return NULL;
}

static const char *
read_columns(struct lineage_fields *f, struct slice level)
{
	struct mp_walk w;
	struct slice value;
	const char *wrong = NULL;
	bool each = columns.path.n && columns.path.steps[columns.path.n - 1].each;
	f->n_columns = 0;
	mp_walk_start(&w, level, &columns.path);
	while (!wrong && mp_walk_next(&w, &value)) {
		struct mp_token t;
		const char *end = value.p + value.n, *p = mp_read(value.p, end, &t);
		if (t.type != MP_ARRAY || each) {
			wrong = add_column(f, value);
			continue;
		}
		for (size_t i = 0; i < t.n && !wrong; i++) {
			const char *next = mp_skip(p, end);
			wrong = add_column(f, (struct slice){p, (size_t)(next - p)});
			p = next;
		}
	}
	return !wrong && !f->n_columns ? "it leads to no names" : wrong;
}

const char *
lineage_update(struct lineage_fields *f, const struct lineage *l, bool fresh)
{
	static struct buf text;
	any = true;
	if (is_same(f, l) && !(fresh && deepest))
		return NULL;
	put_pairs(&f->pairs, l);
	const char *wrong = has_columns ? read_columns(f, l->levels[columns.level]) : NULL;
	if (!wrong)
		return NULL;
	buf_reset(&text);
	buf_printf(&text, "--names-path %s: %s", quoted(columns.text), wrong);
	buf_put_byte(&text, '\0');
	return text.failed ? wrong : text.p;
}

void
lineage_free(struct lineage_fields *f)
{
	buf_free(&f->pairs);
	free(f->columns);
	*f = (struct lineage_fields){0};
}

void
lineage_check_found(void)
{
	for (size_t i = 0; any && i < n_parents; i++)
		if (!parents[i].found)
			die(STATUS_DATA, "--include-from-parent: no answer has %s",
			    quoted(parents[i].text));
}
