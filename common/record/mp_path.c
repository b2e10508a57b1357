/* SPDX-License-Identifier: MIT */
#include "common/record/mp_path.h"

/*
 * The value of the member called name of the map whose pairs begin at p; NULL
 * if it has none.
 */
static const char *
member(const char *p, const char *end, size_t pairs, struct slice name)
{
	for (size_t i = 0; i < pairs; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		if (key.type == MP_STR && slice_equal((struct slice){key.p, key.n}, name))
			return value;
		p = mp_skip(mp_skip(p, end), end);
	}
	return NULL;
}

/*
 * One step down from the container t, whose contents begin at p; NULL if there
 * is nothing.
 */
static const char *
step_down(const struct json_step *step, const struct mp_token *t, const char *p, const char *end)
{
	if (t->type == MP_MAP)
		return member(p, end, t->n, step->name);
	if (step->index < 0 || (size_t)step->index >= t->n)
		return NULL;
	for (long i = 0; i < step->index; i++)
		p = mp_skip(p, end);
	return p;
}

static bool
can_step(const struct json_step *step, enum mp_type type)
{
	if (step->each)
		return type == MP_ARRAY;
	if (step->members)
		return type == MP_MAP;
	return type == MP_MAP || (type == MP_ARRAY && step->index >= 0);
}

void
mp_walk_start(struct mp_walk *w, struct slice value, const struct json_path *path)
{
	*w = (struct mp_walk){.path = path, .start = value.p, .end = value.p + value.n};
}

/*
 * From the value at p at this step to where the path ends, or to an array or
 * object all of whose values it goes through; NULL if it leads nowhere.
 */
static const char *
descend(struct mp_walk *w, const char *p, size_t step)
{
	size_t n = w->path ? w->path->n : 0;
	for (; step < n; step++) {
		struct mp_token t;
		const char *inside = mp_read(p, w->end, &t);
		if (t.type == MP_NIL) {
			w->found = true;
			return NULL;
		}
		if (!can_step(&w->path->steps[step], t.type)) {
			w->strange = true;
			return NULL;
		}
		if (json_step_goes_through(&w->path->steps[step])) {
			w->found |= step + 1 == n || !t.n;
			w->levels[w->depth++] =
			    (struct mp_level){.p = inside, .left = t.n, .step = step + 1};
			return NULL;
		}
		p = step_down(&w->path->steps[step], &t, inside, w->end);
		if (!p)
			return NULL;
	}
	w->found = true;
	return p;
}

/* Goes to the next element or member; returns its value. */
static const char *
take_next(const struct mp_walk *w, struct mp_level *level)
{
	const char *value = level->p;
	if (w->path->steps[level->step - 1].members) {
		struct mp_token key;
		value = mp_read(value, w->end, &key);
		level->name = (struct slice){key.p, key.type == MP_STR ? key.n : 0};
	}
	level->p = mp_skip(value, w->end);
	level->now = (struct slice){value, (size_t)(level->p - value)};
	level->left--;
	return value;
}

bool
mp_walk_next(struct mp_walk *w, struct slice *value)
{
	const char *p = NULL, *start = w->start;
	if (w->start) {
		p = descend(w, w->start, 0);
		w->start = NULL;
	}
	while (!p && w->depth) {
		size_t top = w->depth - 1;
		if (!w->levels[top].left) {
			w->depth--;
			continue;
		}
		p = descend(w, take_next(w, &w->levels[top]), w->levels[top].step);
	}
	/* All of a large body need not be gone through to find its end. */
	if (p)
		*value =
		    (struct slice){p, (size_t)((p == start ? w->end : mp_skip(p, w->end)) - p)};
	return p != NULL;
}

bool
mp_path_get(struct slice root, const struct json_path *path, struct slice *value)
{
	struct mp_walk w;
	mp_walk_start(&w, root, path);
	return mp_walk_next(&w, value);
}

enum { NAMES_MAX = 12 };

/* The steps before n; "the answer" before the first one. */
static void
put_place(struct buf *out, const struct json_path *path, size_t n)
{
	if (!n)
		buf_put_text(out, "the answer");
	for (size_t i = 0; i < n; i++) {
		bool through = json_step_goes_through(&path->steps[i]);
		buf_put_text(out, !through && i ? "." : "");
		if (through)
			buf_put_text(out, path->steps[i].each ? "[]" : "{}");
		else
			buf_put_slice(out, path->steps[i].name);
	}
}

static void
put_names(struct buf *out, const char *p, const char *end, size_t pairs)
{
	for (size_t i = 0; i < pairs && i < NAMES_MAX; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		buf_put_text(out, i ? ", \"" : " \"");
		if (key.type == MP_STR)
			buf_put(out, key.p, key.n);
		buf_put_byte(out, '"');
		p = mp_skip(value, end);
	}
	if (pairs > NAMES_MAX)
		buf_printf(out, " and %zu more", pairs - NAMES_MAX);
}

static const char *
kind_name(enum mp_type type)
{
	switch (type) {
	case MP_NIL:
		return "null";
	case MP_BOOL:
		return "true or false";
	case MP_STR:
		return "a text";
	case MP_ARRAY:
		return "an array";
	case MP_MAP:
		return "an object";
	case MP_INT:
	case MP_UINT:
	case MP_FLOAT:
		return "a number";
	case MP_BIN:
	case MP_EXT:
		break;
	}
	return "another kind of value";
}

/* Appends the reason why step does not exist in the container t. */
static void
put_reason(struct buf *out, const struct json_path *path, size_t step, const struct mp_token *t,
    const char *inside, const char *end)
{
	const struct json_step *s = &path->steps[step];
	put_place(out, path, step);
	if (!can_step(s, t->type)) {
		buf_printf(
		    out, " is %s, not %s", kind_name(t->type), s->each ? "an array" : "an object");
	} else if (t->type == MP_ARRAY || s->members) {
		buf_printf(out, " has %zu %s", t->n, s->members ? "members" : "elements");
	} else {
		buf_put_text(out, " has no \"");
		buf_put_slice(out, s->name);
		buf_put_text(out, t->n ? "\" but" : "\", nor anything else");
		put_names(out, inside, end, t->n);
	}
}

void
mp_path_explain(struct buf *out, struct slice root, const struct json_path *path)
{
	const char *p = root.p, *end = root.p + root.n;
	for (size_t step = 0; step < path->n; step++) {
		struct mp_token t;
		const char *inside = mp_read(p, end, &t);
		const char *next = NULL;
		if (can_step(&path->steps[step], t.type)) {
			/* Of an array that is gone through, the first element speaks for all. */
			if (!json_step_goes_through(&path->steps[step]))
				next = step_down(&path->steps[step], &t, inside, end);
			else if (t.n)
				next = path->steps[step].each ? inside : mp_skip(inside, end);
		}
		if (!next) {
			put_reason(out, path, step, &t, inside, end);
			return;
		}
		p = next;
	}
}

/* Where the member's value begins; NULL if it is absent. */
static const char *
member_of(struct slice map, const char *name)
{
	struct mp_token head;
	const char *end = map.p + map.n, *p = map.n ? mp_read(map.p, end, &head) : NULL;
	return p && head.type == MP_MAP ? member(p, end, head.n, slice_of(name)) : NULL;
}

bool
mp_member(struct slice map, const char *name, struct mp_token *t)
{
	const char *p = member_of(map, name);
	return p && mp_read(p, map.p + map.n, t);
}

struct slice
mp_member_value(struct slice map, const char *name)
{
	const char *p = member_of(map, name);
	return p ? (struct slice){p, (size_t)(mp_skip(p, map.p + map.n) - p)} : (struct slice){0};
}

struct slice
mp_member_text(struct slice map, const char *name)
{
	struct mp_token t;
	if (mp_member(map, name, &t) && t.type == MP_STR)
		return (struct slice){t.p, t.n};
	return SLICE("");
}

/* The members from this step on, each an object with the next in it, down to the value. */
static void
put_members(struct buf *out, const struct json_path *path, size_t step, struct slice value)
{
	mp_buf_str(out, path->steps[step].name);
	for (step++; step < path->n; step++) {
		mp_buf_map(out, 1);
		mp_buf_str(out, path->steps[step].name);
	}
	buf_put_slice(out, value);
}

const char *
mp_path_set(struct buf *out, struct slice root, const struct json_path *path, struct slice value)
{
	const char *p = root.p, *end = root.p + root.n;
	for (size_t step = 0; step < path->n; step++) {
		struct mp_token t;
		const char *inside = mp_read(p, end, &t);
		if (json_step_goes_through(&path->steps[step]))
			return "it goes through all elements of an array ([])";
		if (!can_step(&path->steps[step], t.type))
			return "it needs an object there";
		const char *next = step_down(&path->steps[step], &t, inside, end);
		if (!next && t.type != MP_MAP)
			return "it needs an element that an array does not have";
		if (!next) {
			/* A msgpack container knows its count and not its length: only one head changes. */
			buf_put(out, root.p, (size_t)(p - root.p));
			mp_buf_map(out, t.n + 1);
			put_members(out, path, step, value);
			buf_put(out, inside, (size_t)(end - inside));
			return NULL;
		}
		p = next;
	}
	const char *behind = mp_skip(p, end);
	buf_put(out, root.p, (size_t)(p - root.p));
	buf_put_slice(out, value);
	buf_put(out, behind, (size_t)(end - behind));
	return NULL;
}

/* The container's contents begin at inside, and the value to leave out at value. */
static void
put_without(struct buf *out, struct slice root, const struct mp_token *t, const char *head,
    const char *inside, const char *value)
{
	const char *end = root.p + root.n, *p = inside;
	while (t->type == MP_MAP && mp_skip(p, end) != value)
		p = mp_skip(mp_skip(p, end), end);
	buf_put(out, root.p, (size_t)(head - root.p));
	if (t->type == MP_MAP)
		mp_buf_map(out, t->n - 1);
	else
		mp_buf_array(out, t->n - 1);
	const char *from = t->type == MP_MAP ? p : value, *behind = mp_skip(value, end);
	buf_put(out, inside, (size_t)(from - inside));
	buf_put(out, behind, (size_t)(end - behind));
}

void
mp_path_drop(struct buf *out, struct slice root, const struct json_path *path)
{
	const char *p = root.p, *end = root.p + root.n;
	for (size_t step = 0; step < path->n; step++) {
		struct mp_token t;
		const char *inside = mp_read(p, end, &t), *next = NULL;
		if (can_step(&path->steps[step], t.type) &&
		    !json_step_goes_through(&path->steps[step]))
			next = step_down(&path->steps[step], &t, inside, end);
		if (!next)
			break;
		if (step + 1 == path->n) {
			put_without(out, root, &t, p, inside, next);
			return;
		}
		p = next;
	}
	buf_put_slice(out, root);
}

bool
mp_is_something(struct slice value)
{
	struct mp_token t;
	mp_read(value.p, value.p + value.n, &t);
	switch (t.type) {
	case MP_NIL:
		return false;
	case MP_BOOL:
		return t.b;
	case MP_INT:
		return t.i != 0;
	case MP_FLOAT:
		return t.f < 0 || t.f > 0;
	case MP_STR:
	case MP_BIN:
	case MP_ARRAY:
	case MP_MAP:
		return t.n != 0;
	case MP_UINT:
	case MP_EXT:
		break;
	}
	return true;
}
