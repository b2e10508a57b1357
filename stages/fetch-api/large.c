/* SPDX-License-Identifier: MIT */
#include "stages/fetch-api/large.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "stages/fetch-api/fetch.h"
#include "stages/fetch-api/large_notice.h"
#include "stages/fetch-api/lineage.h"

/* What is beside the records: the objects of the path, each with its other members, and some units. */
struct skeleton {
	struct buf members[JSON_PATH_MAX + 1]; /* names and values, by step */
	size_t n_members[JSON_PATH_MAX + 1];
	struct buf units; /* those that are kept, with their names if they are members */
	size_t n_units;
	bool too_large;
	struct buf alone, inside; /* an answer with one unit, and what is in its innermost object */
	struct notice notice;
};

size_t
large_steps(void)
{
	for (size_t i = 0; i < config.record_path.n; i++)
		if (json_step_goes_through(&config.record_path.steps[i]))
			return i + 1;
	return config.record_path.n;
}

/* The part of --record-path that leads to the units. */
static struct json_path
outer_path(void)
{
	return json_path_part(&config.record_path, 0, large_steps());
}

/* Whether a path needs a unit by its number: all but the first are missing in what is kept. */
static bool
counts_units(const struct json_path *path)
{
	size_t n = large_steps();
	size_t to = n && json_step_goes_through(&config.record_path.steps[n - 1]) ? n - 1 : n;
	for (size_t i = 0; i < to; i++)
		if (i >= path->n ||
		    !slice_equal(path->steps[i].name, config.record_path.steps[i].name))
			return false;
	return path->n > to && path->steps[to].index > 0;
}

static bool
condition_counts(const struct conditions *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].what == CONDITION_BODY && counts_units(&c->list[i].path))
			return true;
	return false;
}

static bool
any_counts_units(void)
{
	bool any = counts_units(&config.total_path) || counts_units(&config.total_records_path) ||
		   counts_units(&config.cursor_path) || counts_units(&config.next_url_path) ||
		   counts_units(&config.has_more_path);
	for (size_t i = 0; i < config.n_rules; i++)
		any |= condition_counts(&config.rules[i].when);
	for (size_t i = 0; i < config.n_fail_on; i++)
		any |= condition_counts(&config.fail_on[i].when);
	for (size_t i = 0; i < config.n_until; i++)
		any |= condition_counts(&config.until[i].when);
	return any || lineage_any(counts_units);
}

bool
large_is_possible(void)
{
	/* An index needs the elements before; and which of two members counts is known at their end. */
	for (size_t i = 0; i < large_steps(); i++)
		if (!json_step_goes_through(&config.record_path.steps[i]) &&
		    config.record_path.steps[i].index >= 0)
			return false;
	return config.duplicates == JSON_DUPLICATES_ERROR && !any_counts_units();
}

void
large_hold(struct answer *a)
{
	struct spool *s = &a->body;
	struct buf all = {0};
	for (struct slice block = spool_start(s); block.n; block = spool_next(s))
		buf_put_slice(&all, block);
	buf_check(&all, "an answer", NULL);
	spool_reset(s);
	buf_free(&s->memory);
	s->memory = all;
	s->n = all.n;
	a->is_large = false;
}

/* Appends the answer as far as the path was passed: opened objects, in the innermost of which inside is. */
static void
put_answer(struct buf *out, const struct skeleton *k, const struct json_path *path, size_t opened,
    bool beside, struct slice inside)
{
	size_t objects = opened < path->n ? opened : path->n;
	if (objects && json_step_goes_through(&path->steps[objects - 1]))
		objects--;
	for (size_t i = 0; i < objects; i++) {
		bool more = i + 1 < objects || inside.n;
		mp_buf_map(out, (beside ? k->n_members[i] : 0) + more);
		if (beside)
			buf_put_slice(out, buf_slice(&k->members[i]));
		if (more)
			mp_buf_str(out, path->steps[i].name);
	}
	buf_put_slice(out, inside);
}

/* The kind of container that the units are in: an array, an object, or none, where the unit is a value by itself. */
static void
put_container(struct buf *out, const struct json_path *path, size_t opened, size_t n)
{
	if (path->n && path->steps[path->n - 1].members)
		mp_buf_map(out, n);
	else if (opened > path->n || (path->n && path->steps[path->n - 1].each))
		mp_buf_array(out, n);
}

static void
take_beside(struct skeleton *k, struct slice value, size_t step, struct slice name)
{
	if (!name.p) { /* the text is null */
		buf_put_slice(&k->units, value);
		return;
	}
	mp_buf_str(&k->members[step], name);
	buf_put_slice(&k->members[step], value);
	k->n_members[step]++;
	k->too_large |= k->members[step].n > LARGE_KEPT;
}

static void
take_unit(struct skeleton *k, const struct answer *a, const struct json_reader *r,
    const struct json_path *path, struct slice unit)
{
	struct buf *inside = &k->inside;
	bool many = false, members = path->n && path->steps[path->n - 1].members;
	size_t opened = json_passed(r);
	buf_reset(inside);
	put_container(inside, path, opened, 1);
	if (members)
		mp_buf_str(inside, json_member_name(r, path->n - 1));
	buf_put_slice(inside, unit);
	buf_reset(&k->alone);
	put_answer(&k->alone, k, path, opened, false, buf_slice(inside));
	buf_check(inside, "an answer", NULL);
	buf_check(&k->alone, "an answer", NULL);
	if (notice_unit(&k->notice, a, buf_slice(&k->alone), unit, &many) && !many) {
		if (members)
			mp_buf_str(&k->units, json_member_name(r, path->n - 1));
		buf_put_slice(&k->units, unit);
		k->n_units++;
		k->too_large |= k->units.n > LARGE_KEPT && k->n_units > 1;
	}
	k->too_large |= many;
}

static void
free_skeleton(struct skeleton *k)
{
	for (size_t i = 0; i <= JSON_PATH_MAX; i++)
		buf_free(&k->members[i]);
	buf_free(&k->units);
	buf_free(&k->alone);
	buf_free(&k->inside);
	notice_free(&k->notice);
}

/* The whole into a->json. */
static void
put_skeleton(
    struct answer *a, struct skeleton *k, const struct json_reader *r, const struct json_path *path)
{
	struct buf inside = {0};
	size_t opened = json_passed(r);
	bool container = opened > path->n || (path->n && opened == path->n &&
						 json_step_goes_through(&path->steps[path->n - 1]));
	if (container)
		put_container(&inside, path, opened, k->n_units);
	buf_put_slice(&inside, buf_slice(&k->units));
	put_answer(&a->json, k, path, opened, true, buf_slice(&inside));
	buf_check(&inside, "an answer", NULL);
	buf_check(&a->json, "an answer", NULL);
	buf_free(&inside);
}

void
large_begin(struct large_units *u, struct answer *a)
{
	*u = (struct large_units){.answer = a};
}

static struct json_reader *
new_reader(const struct json_path *path, bool beside)
{
	/* An array that is a member's value is one unit. */
	const struct json_rules rules = {.single = true,
	    .elements = !(path->n && path->steps[path->n - 1].members),
	    .beside = beside,
	    .path = path,
	    .value_max = STREAM_RECORD_MAX};
	struct json_reader *r = json_reader_new(&rules);
	if (!r)
		die(STATUS_TRY_AGAIN, "no memory for an answer");
	return r;
}

/* Gives the reader the next bytes of the file. */
static void
feed(struct large_units *u)
{
	size_t room;
	char *p = json_space(u->reader, &room);
	if (!p)
		die(STATUS_TRY_AGAIN, "no memory for an answer");
	if (!u->block.n)
		u->block =
		    u->started ? spool_next(&u->answer->body) : spool_start(&u->answer->body);
	u->started = true;
	size_t n = u->block.n < room ? u->block.n : room;
	if (n)
		memcpy(p, u->block.p, n);
	u->block = (struct slice){u->block.p + n, u->block.n - n};
	json_filled(u->reader, n);
}

enum large
large_read(struct answer *a, struct json_error *error)
{
	struct json_path path = outer_path();
	struct large_units u = {.answer = a, .reader = new_reader(&path, true)};
	struct skeleton k = {0};
	struct slice value, name;
	enum json_status status;
	size_t step;
	while ((status = json_next(u.reader, &value)) == JSON_MORE || status == JSON_VALUE) {
		if (status == JSON_MORE)
			feed(&u);
		else if (json_beside(u.reader, &step, &name))
			take_beside(&k, value, step, name);
		else
			take_unit(&k, a, u.reader, &path, value);
		if (k.too_large)
			break;
	}
	enum large result = LARGE_READ;
	if (status == JSON_BAD) {
		*error = *json_error(u.reader);
		error->at = (struct slice){0};
		bool hold = error->fault == JSON_FAULT_PATH_KIND || error->fault == JSON_FAULT_FULL;
		result = hold ? LARGE_HOLD : LARGE_BAD;
	} else if (k.too_large) {
		result = LARGE_HOLD;
	} else {
		put_skeleton(a, &k, u.reader, &path);
	}
	json_reader_free(u.reader);
	free_skeleton(&k);
	return result;
}

bool
large_next(struct large_units *u, struct slice *unit, struct slice *name)
{
	static struct json_path path; /* the same for all answers */
	if (!u->reader) {
		path = outer_path();
		u->reader = new_reader(&path, false);
	}
	for (;;) {
		switch (json_next(u->reader, unit)) {
		case JSON_VALUE:
			*name =
			    path.n ? json_member_name(u->reader, path.n - 1) : (struct slice){0};
			return true;
		case JSON_MORE:
			feed(u);
			break;
		case JSON_END:
			json_reader_free(u->reader);
			*u = (struct large_units){0};
			return false;
		case JSON_BAD:
			die(STATUS_BUG, "an answer that was JSON is none any more: %s",
			    json_error(u->reader)->what);
		}
	}
}
