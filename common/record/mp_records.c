/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/record/mp_records.h"

enum {
	BLOCK = 64 * 1024,
	BESIDE = 255, /* the step of a value that the path does not lead to */
};

/* A container that the path passes through. */
struct level {
	uint64_t left;  /* elements or pairs still to come */
	uint64_t index; /* of the next one */
	bool map;
	bool keyed;   /* a map's key was read, and its value is next */
	uint8_t pass; /* the step of the path that opened it */
	uint8_t step; /* of the next value, if that is known */
};

struct mp_records {
	struct mp_records_rules rules;
	struct level levels[JSON_PATH_MAX + 2];
	unsigned depth;
	char *p; /* the bytes that are here: [at, n) is not used up */
	size_t at, n, cap;
	uint64_t before; /* bytes of the input before p */
	bool ended, any;
	bool found; /* the path leads somewhere in the current object */
	/* Where a record is being measured, or a value left out: the open containers. */
	struct mp_scan scan;
	size_t given; /* bytes of the record that was returned last */
	unsigned skipping;
	uint64_t left[MP_DEPTH_MAX + 1];
	struct buf member[JSON_PATH_MAX];
	const char *error;
	struct slice fault;
};

struct mp_records *
mp_records_new(const struct mp_records_rules *rules)
{
	struct mp_records *w = calloc(1, sizeof *w);
	if (w)
		w->rules = *rules;
	return w;
}

void
mp_records_free(struct mp_records *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < JSON_PATH_MAX; i++)
		buf_free(&w->member[i]);
	free(w->p);
	free(w);
}

void
mp_records_reset(struct mp_records *w)
{
	w->depth = w->skipping = 0;
	w->at = w->n = w->given = 0;
	w->before = 0;
	w->ended = w->any = w->found = false;
	w->scan = (struct mp_scan){0};
	w->error = NULL;
	w->fault = (struct slice){0};
}

char *
mp_records_space(struct mp_records *w, size_t *room)
{
	w->at += w->given;
	w->given = 0;
	if (w->at) {
		memmove(w->p, w->p + w->at, w->n - w->at);
		w->before += w->at;
		w->n -= w->at;
		w->at = 0;
	}
	if (w->cap - w->n < BLOCK) {
		size_t cap = w->cap ? 2 * w->cap : (size_t)2 * BLOCK;
		char *p = realloc(w->p, cap);
		if (!p)
			return NULL;
		w->p = p;
		w->cap = cap;
	}
	*room = w->cap - w->n;
	return w->p + w->n;
}

void
mp_records_filled(struct mp_records *w, size_t n)
{
	w->n += n;
	w->ended |= n == 0;
}

const char *
mp_records_error(const struct mp_records *w, struct slice *at)
{
	*at = w->fault;
	return w->error;
}

uint64_t
mp_records_offset(const struct mp_records *w)
{
	return w->before + w->at;
}

bool
mp_records_any(const struct mp_records *w)
{
	return w->any;
}

struct slice
mp_records_member(const struct mp_records *w, size_t step)
{
	return buf_slice(&w->member[step]);
}

static enum mp_records_status
bad(struct mp_records *w, const char *error)
{
	w->error = error;
	return MP_RECORDS_BAD;
}

static enum mp_records_status
bad_at(struct mp_records *w, struct slice at, const char *error)
{
	w->fault = at;
	return bad(w, error);
}

/* The rest of the object is not here. */
static enum mp_records_status
more(struct mp_records *w)
{
	if (w->at < w->n && (unsigned char)w->p[w->at] == 0xc1)
		return bad(w, "the byte 0xc1 is not msgpack");
	if (w->ended)
		return bad(w, "the input ends inside an object");
	if (w->n - w->at > w->rules.value_max)
		return bad(w, "a value is too large");
	return MP_RECORDS_MORE;
}

/* The token at the current place; false if it is not all there. */
static bool
take(struct mp_records *w, struct mp_token *t)
{
	const char *p = w->p + w->at, *after = w->at < w->n ? mp_read(p, w->p + w->n, t) : NULL;
	if (!after)
		return false;
	w->at += (size_t)(after - p);
	return true;
}

/* Opens a value that the path does not lead to: the next one is left out, with all it holds. */
static void
begin_skip(struct mp_records *w)
{
	w->skipping = 1;
	w->left[1] = 1;
}

static enum mp_records_status
skip(struct mp_records *w)
{
	struct mp_token t;
	while (w->skipping) {
		uint64_t *left = &w->left[w->skipping];
		if (!*left) {
			w->skipping--;
			continue;
		}
		if (!take(w, &t))
			return more(w);
		(*left)--;
		if (t.type != MP_ARRAY && t.type != MP_MAP)
			continue;
		if (w->skipping == MP_DEPTH_MAX)
			return bad(w, "nested deeper than 64 levels");
		w->left[++w->skipping] = t.type == MP_MAP ? 2 * (uint64_t)t.n : t.n;
	}
	return MP_RECORDS_RECORD;
}

static bool
takes_all(const struct mp_records *w, size_t pass)
{
	return pass >= w->rules.path->n || w->rules.path->steps[pass].each;
}

static bool
takes_members(const struct mp_records *w, size_t pass)
{
	return pass < w->rules.path->n && w->rules.path->steps[pass].members;
}

/* The container that was just read is passed through. */
static void
enter(struct mp_records *w, const struct mp_token *t, uint8_t pass)
{
	bool map = t->type == MP_MAP;
	w->levels[++w->depth] = (struct level){
	    .left = t->n, .map = map, .pass = pass, .step = map ? BESIDE : (uint8_t)(pass + 1)};
	bool all = map ? takes_members(w, pass) : takes_all(w, pass);
	if (all && (!t->n || pass + 1u >= w->rules.path->n))
		w->found = true;
}

static enum mp_records_status
take_key(struct mp_records *w, struct level *level)
{
	struct mp_token key;
	size_t from = w->at;
	if (!take(w, &key))
		return more(w);
	if (key.type == MP_ARRAY || key.type == MP_MAP)
		return bad(w, "a key on the record path is an array or a map");
	struct slice name = {key.p, key.type == MP_STR ? key.n : 0};
	level->keyed = true;
	level->step = BESIDE;
	if (takes_members(w, level->pass)) {
		if (key.type != MP_STR)
			return bad_at(w, (struct slice){w->p + from, w->at - from},
			    "a key on the record path is not a text");
		struct buf *kept = &w->member[level->pass];
		buf_reset(kept);
		buf_put_slice(kept, name);
		if (kept->failed)
			return bad(w, "no memory for a key");
		level->step = (uint8_t)(level->pass + 1);
	} else if (key.type == MP_STR &&
		   slice_equal(name, w->rules.path->steps[level->pass].name)) {
		level->step = (uint8_t)(level->pass + 1);
	}
	return MP_RECORDS_RECORD;
}

/* The step of the path for the next value. */
static unsigned
step_of_value(struct mp_records *w)
{
	if (!w->depth)
		return 0;
	struct level *level = &w->levels[w->depth];
	uint64_t i = level->index++;
	level->left--;
	level->keyed = false;
	if (level->map || takes_all(w, level->pass))
		return level->step;
	return i == (uint64_t)w->rules.path->steps[level->pass].index ? level->step : BESIDE;
}

/* A value on the way: a container that this step passes through, or nil, which means no records. */
static enum mp_records_status
pass_through(struct mp_records *w, const struct mp_token *t, unsigned step)
{
	const struct json_step *s = &w->rules.path->steps[step];
	bool map = t->type == MP_MAP, array = t->type == MP_ARRAY;
	if (t->type == MP_NIL) {
		w->found = true;
		return MP_RECORDS_RECORD;
	}
	if (s->each ? !array : s->members ? !map : !map && !(array && s->index >= 0))
		return bad(w, s->each ? "the record path needs an array here"
				      : "the record path needs a map here");
	enter(w, t, (uint8_t)step);
	return MP_RECORDS_RECORD;
}

static enum mp_records_status
measure(struct mp_records *w, struct slice *record)
{
	size_t size;
	switch (mp_scan(&w->scan, w->p + w->at, w->p + w->n, &size)) {
	case MP_OK:
		break;
	case MP_MORE:
		return more(w);
	case MP_BAD:
		w->scan = (struct mp_scan){0};
		return bad(w, "the byte 0xc1 is not msgpack, or nested deeper than 64 levels");
	}
	if (size > w->rules.value_max)
		return bad(w, "a record is too large");
	*record = (struct slice){w->p + w->at, size};
	w->given = size;
	return MP_RECORDS_RECORD;
}

/* A value where the path ends. *record stays empty unless it is a record. */
static enum mp_records_status
arrive(struct mp_records *w, const struct mp_token *t, size_t head, struct slice *record)
{
	size_t n = w->rules.path->n;
	bool after_each = n && w->rules.path->steps[n - 1].each;
	bool in_array = w->depth && !w->levels[w->depth].map && w->levels[w->depth].pass == n;
	w->found = true;
	if (t->type == (w->rules.rows ? MP_ARRAY : MP_MAP)) {
		w->at -= head;
		return measure(w, record);
	}
	if (t->type == MP_NIL && n && !after_each && !in_array)
		return MP_RECORDS_RECORD;
	if (t->type == MP_ARRAY && !after_each && !in_array) {
		enter(w, t, (uint8_t)n);
		w->levels[w->depth].step = (uint8_t)n;
		return MP_RECORDS_RECORD;
	}
	w->at -= head;
	struct slice at = {w->p + w->at, t->type == MP_ARRAY || t->type == MP_MAP ? 0 : head};
	return bad_at(
	    w, at, w->rules.rows ? "a value that is not an array" : "a value that is not a map");
}

/* One value, without its end where it is a container. */
static enum mp_records_status
take_value(struct mp_records *w, struct slice *record)
{
	struct mp_token t;
	size_t from = w->at;
	if (!take(w, &t))
		return more(w);
	w->any = true;
	if (!w->depth)
		w->found = false;
	unsigned step = step_of_value(w);
	if (step == BESIDE) {
		w->at = from;
		begin_skip(w);
		return MP_RECORDS_RECORD;
	}
	if (step < w->rules.path->n)
		return pass_through(w, &t, step);
	return arrive(w, &t, w->at - from, record);
}

/* An object of the input ended. */
static enum mp_records_status
leave(struct mp_records *w)
{
	if (--w->depth || w->found || !w->rules.path_must_lead)
		return MP_RECORDS_RECORD;
	return bad(w, "the record path leads nowhere");
}

static enum mp_records_status
step(struct mp_records *w, struct slice *record)
{
	struct level *level = &w->levels[w->depth];
	if (w->skipping)
		return skip(w);
	if (w->scan.going)
		return measure(w, record);
	if (w->depth && !level->left)
		return leave(w);
	if (w->depth && level->map && !level->keyed)
		return take_key(w, level);
	if (!w->depth && w->at == w->n)
		return w->ended ? MP_RECORDS_END : MP_RECORDS_MORE;
	return take_value(w, record);
}

enum mp_records_status
mp_records_next(struct mp_records *w, struct slice *record)
{
	enum mp_records_status status = MP_RECORDS_RECORD;
	if (w->error)
		return MP_RECORDS_BAD;
	w->at += w->given;
	w->given = 0;
	*record = (struct slice){0};
	while (status == MP_RECORDS_RECORD && !record->n)
		status = step(w, record);
	return status;
}
