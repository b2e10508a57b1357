/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_read_impl.h"
#include "common/record/record.h"

/* Whether an array that this step opens gives all its elements, not just one by its index. */
static bool
takes_all(const struct json_reader *r, size_t pass)
{
	return pass >= r->path->n || r->path->steps[pass].each;
}

/* Whether an object that this step opens gives all its members, not just one by its name. */
static bool
takes_members(const struct json_reader *r, size_t pass)
{
	return pass < r->path->n && r->path->steps[pass].members;
}

static void
open_passage(struct json_reader *r, uint8_t pass)
{
	struct level *level = &r->levels[++r->depth];
	bool object = *r->p == '{';
	/*
	 * All elements of an array are at the next step; members of an object
	 * are found by name.
	 */
	*level = (struct level){.object = object,
	    .passage = true,
	    .pass = pass,
	    .step = object ? STEP_BESIDE : (uint8_t)(pass + 1),
	    .limit = SIZE_MAX,
	    .undo = r->undos.n,
	    .serial = ++r->serial};
	if (pass + 1u >= r->path->n && (object ? takes_members(r, pass) : takes_all(r, pass)))
		r->found = true;
	if (pass + 1u > r->passed_most)
		r->passed_most = pass + 1u;
	r->p++;
	r->state = object ? STATE_FIRST_KEY : STATE_FIRST;
}

/* The step of the path for the next value of a passage. */
static unsigned
step_of_value(struct json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	size_t i = level->count++;
	if (level->object || !r->depth || level->pass == r->path->n ||
	    r->path->steps[level->pass].each)
		return level->step;
	return i == (size_t)r->path->steps[level->pass].index ? level->step : STEP_BESIDE;
}

/* Whether a value that begins with c can be passed through by this step. */
static bool
passes(const struct json_step *step, char c)
{
	if (step->each)
		return c == '[';
	if (step->members)
		return c == '{';
	return c == '{' || (c == '[' && step->index >= 0);
}

static bool
leads_to(const struct json_reader *r, unsigned step, char c)
{
	size_t n = r->path->n;
	if (step >= n)
		return step == n && c == '[' && r->rules.elements &&
		       !(n && r->path->steps[n - 1].each);
	return passes(&r->path->steps[step], c);
}

static enum json_role
begin_value(struct json_reader *r)
{
	r->value_at.p = r->p;
	r->value_depth = r->depth;
	r->deepest = r->depth + r->rules.depth;
	if (r->beside)
		r->skip = false;
	return ROLE_VALUE;
}

enum json_role
json_value_begin(struct json_reader *r)
{
	size_t n = r->path->n;
	unsigned step = step_of_value(r);
	char c = *r->p;
	/* null at the end of the path means no records, like an empty array. */
	bool none = c == 'n' && (step < n || (step == n && n && !r->path->steps[n - 1].each));
	r->found |= none || step == n;
	r->skip = none || step == STEP_BESIDE;
	r->beside = r->skip && r->rules.beside;
	if (!r->skip && leads_to(r, step, c)) {
		open_passage(r, (uint8_t)step);
		return ROLE_PASSAGE;
	}
	const char *wrong = NULL;
	if (!r->skip && step < n)
		wrong = r->path->steps[step].each ? "the record path needs an array here"
						  : "the record path needs an object here";
	else if (!r->skip && r->rules.objects_only && c != '{')
		wrong = "a value that is not an object";
	if (wrong && !(c && strchr("\"[{-0123456789tfn", c))) {
		json_bad(r, r->p, "a value is expected");
		return ROLE_NONE;
	}
	if (wrong) {
		json_fail(r, r->p, wrong, (struct slice){0});
		r->error.fault = step >= n ? JSON_FAULT_NO_OBJECT : JSON_FAULT_PATH_KIND;
		return ROLE_NONE;
	}
	return begin_value(r);
}

/* The step that follows a passage's member of this name, or STEP_BESIDE. */
static uint8_t
step_of_member(const struct json_reader *r, struct slice name)
{
	uint8_t pass = r->levels[r->depth].pass;
	return takes_members(r, pass) || slice_equal(r->path->steps[pass].name, name)
		   ? (uint8_t)(pass + 1)
		   : STEP_BESIDE;
}

/* A passage has a member of this name. If its members are taken, their records get the name. */
static bool
enter_member(struct json_reader *r, struct slice name)
{
	struct level *level = &r->levels[r->depth];
	level->step = step_of_member(r, name);
	if (level->step == STEP_BESIDE && r->rules.path_must_lead)
		json_note_passed(r, level->pass, name);
	else if (level->step != STEP_BESIDE)
		json_forget_passed(r, level->pass + 1u);
	if (!takes_members(r, level->pass))
		return true;
	struct buf *kept = &r->member[level->pass];
	buf_reset(kept);
	buf_put_slice(kept, name);
	return !kept->failed || json_fail_full(r);
}

static bool
push_undo(struct json_reader *r, uint32_t key)
{
	struct undo undo = {.key = key, .stamp = r->keys.keys[key].stamp};
	buf_put(&r->undos, &undo, sizeof undo);
	return !r->undos.failed || json_fail_full(r);
}

static bool
fail_repeated(struct json_reader *r, uint32_t key, const char *what)
{
	json_fail_name(r, what, json_key_name(&r->keys, key));
	r->error.fault = JSON_FAULT_REPEATED;
	return false;
}

/* The object has this name already. */
static bool
repeated(struct json_reader *r, uint32_t key)
{
	struct level *level = &r->levels[r->depth];
	if (r->rules.duplicates == JSON_DUPLICATES_ERROR)
		return fail_repeated(r, key, "a repeated name in an object");
	if (!level->passage) {
		level->repeated = !r->skip;
		return true;
	}
	if (level->step != STEP_BESIDE && r->rules.duplicates == JSON_DUPLICATES_LAST)
		return fail_repeated(r, key,
		    "a repeated name on the record path (the records of the first are given out "
		    "already)");
	level->step = STEP_BESIDE;
	return true;
}

static bool
fail_reserved(struct json_reader *r, uint32_t key)
{
	json_fail_name(r,
	    "a field of this name comes from the record path or the input's file, too",
	    json_key_name(&r->keys, key));
	r->error.fault = JSON_FAULT_RESERVED;
	return false;
}

bool
json_key_met(struct json_reader *r, uint32_t index)
{
	struct level *level = &r->levels[r->depth];
	struct json_key *key = &r->keys.keys[index];
	uint32_t *follows =
	    level->last == JSON_KEY_NONE ? &r->first[r->depth] : &r->keys.keys[level->last].next;
	*follows = index;
	level->last = index;
	if (level->passage && !enter_member(r, json_key_name(&r->keys, index)))
		return false;
	if (key->stamp == level->serial) {
		if (!repeated(r, index))
			return false;
	} else {
		/* A stamp as young as the outermost open container may be one that is still needed. */
		if (key->stamp >= r->levels[1].serial && !push_undo(r, index))
			return false;
		key->stamp = level->serial;
	}
	if (level->passage)
		return true;
	if (key->reserved && !r->skip && r->depth == r->value_depth + 1)
		return fail_reserved(r, index);
	if (level->count++ >= level->limit)
		return json_fail_name(r, "too many members in an object", (struct slice){0});
	if (r->skip)
		return true;
	size_t n = key->head + key->n;
	char *o = buf_reserve(&r->out, n + ROOM);
	if (!o)
		return json_fail_full(r);
	/*
	 * In whole words: the pool has JSON_KEYS_SLACK after each name, out has
	 * ROOM.
	 */
	const char *from = r->keys.pool.p + key->at;
	for (size_t i = 0; i < n; i += 16)
		memcpy(o + i, from + i, 16);
	r->out.n += n;
	return true;
}

/*
 * Whether a new name need not be kept: beside the records, names only serve to find
 * repeated ones, and the table would grow with the text.
 */
static bool
is_beside(const struct json_reader *r, struct slice name)
{
	const struct level *level = &r->levels[r->depth];
	if (r->keys.n < JSON_KEYS_BESIDE || r->rules.beside)
		return false;
	return r->skip || (level->passage && !slice_equal(r->path->steps[level->pass].name, name));
}

/* A member whose name is not in the table. */
static bool
pass_name(struct json_reader *r, struct slice name)
{
	struct level *level = &r->levels[r->depth];
	level->last = JSON_KEY_NONE;
	return !level->passage || enter_member(r, name);
}

bool
json_key_read(struct json_reader *r, struct slice name)
{
	if (is_beside(r, name) && !json_keys_find(&r->keys, name))
		return pass_name(r, name);
	bool field = !r->skip && r->depth == r->value_depth + 1 && r->rules.records;
	if (field && name.n > NAME_MAX_BYTES)
		return json_fail_name(r, "a field's name is longer than 1024 bytes", name);
	uint32_t key = json_keys_intern(&r->keys, name);
	if (key == JSON_KEY_NONE)
		return json_fail_full(r);
	/* So that a guess need not be measured. */
	if (name.n > NAME_MAX_BYTES)
		r->keys.keys[key].plain = false;
	return json_key_met(r, key);
}

static bool
is_open(const void *context, uint64_t stamp)
{
	const struct json_reader *r = context;
	for (unsigned i = 1; i <= r->depth; i++)
		if (r->levels[i].serial == stamp)
			return true;
	return false;
}

static bool
forget_names(struct json_reader *r)
{
	uint32_t *moved = json_keys_purge(&r->keys, is_open, r);
	if (!moved)
		return json_fail_full(r);
	for (unsigned i = 0; i <= r->depth; i++)
		r->levels[i].last = JSON_KEY_NONE;
	for (unsigned i = 0; i <= LEVELS; i++)
		r->first[i] = JSON_KEY_NONE;
	/*
	 * Entries on the stack have the stamp of an open object, so their names
	 * were kept.
	 */
	for (size_t at = 0; at < r->undos.n; at += sizeof(struct undo)) {
		struct undo undo;
		memcpy(&undo, r->undos.p + at, sizeof undo);
		undo.key = moved[undo.key];
		memcpy(r->undos.p + at, &undo, sizeof undo);
	}
	free(moved);
	r->keys_many = r->keys.n > JSON_KEYS_MANY / 2 ? 2 * r->keys.n : JSON_KEYS_MANY;
	return true;
}

bool
json_keys_trim(struct json_reader *r)
{
	return r->keys.n <= r->keys_many || forget_names(r);
}

bool
json_open(struct json_reader *r, bool object)
{
	if (r->depth == r->deepest)
		return json_fail(r, r->p, "nested deeper than 64 levels", (struct slice){0});
	if (!buf_reserve(&r->out, 1 + ROOM))
		return json_fail_full(r);
	bool record = r->depth == r->value_depth && r->rules.records && !r->skip;
	struct level *level = &r->levels[++r->depth];
	*level = (struct level){.object = object,
	    .at = r->out.n,
	    .limit = record ? FIELDS_MAX : UINT32_MAX,
	    .undo = r->undos.n,
	    .serial = ++r->serial};
	r->out.n++;
	return true;
}

/* Where the pairs of an object in out begin, one size_t each, and where the last one ends. */
static bool
mark_pairs(struct json_reader *r, const struct level *level)
{
	const char *p = r->out.p + level->at + 1, *end = r->out.p + r->out.n;
	buf_reset(&r->marks);
	for (size_t i = 0; i <= level->count; i++) {
		size_t at = (size_t)(p - r->out.p);
		buf_put(&r->marks, &at, sizeof at);
		if (i < level->count)
			p = mp_skip(mp_skip(p, end), end);
	}
	return !r->marks.failed || json_fail_full(r);
}

static size_t
mark_at(const struct json_reader *r, size_t i)
{
	size_t at;
	memcpy(&at, r->marks.p + i * sizeof at, sizeof at);
	return at;
}

/* True if the pair's name has not been stamped with the serial yet; stamps it. */
static bool
stamp_pair(struct json_reader *r, size_t i, uint64_t serial)
{
	struct mp_token name;
	mp_read(r->out.p + mark_at(r, i), r->out.p + r->out.n, &name);
	struct json_key *key =
	    &r->keys.keys[json_keys_intern(&r->keys, (struct slice){name.p, name.n})];
	bool fresh = key->stamp != serial;
	key->stamp = serial;
	return fresh;
}

/*
 * An object with repeated names closes: of each name one pair stays, the first or
 * the last. The stamps that this overwrites are the object's own, and not needed again.
 */
static bool
settle(struct json_reader *r, struct level *level)
{
	if (!mark_pairs(r, level))
		return false;
	size_t n = level->count;
	bool *keep = calloc(n, sizeof *keep);
	if (!keep)
		return json_fail_full(r);
	uint64_t serial = ++r->serial;
	for (size_t i = 0; i < n; i++) {
		size_t pair = r->rules.duplicates == JSON_DUPLICATES_FIRST ? i : n - 1 - i;
		keep[pair] = stamp_pair(r, pair, serial);
	}
	size_t to = level->at + 1;
	for (size_t i = 0; i < n; i++) {
		if (!keep[i]) {
			level->count--;
			continue;
		}
		size_t from = mark_at(r, i), size = mark_at(r, i + 1) - from;
		memmove(r->out.p + to, r->out.p + from, size);
		to += size;
	}
	r->out.n = to;
	free(keep);
	return true;
}

/* One byte was reserved for the head; a longer head moves the bytes after it. */
static bool
put_head(struct json_reader *r, const struct level *level)
{
	char head[MP_HEAD_MAX];
	char *end = level->object ? mp_put_map_head(head, level->count)
				  : mp_put_array_head(head, level->count);
	size_t more = (size_t)(end - head) - 1;
	if (more) {
		if (!buf_reserve(&r->out, more))
			return json_fail_full(r);
		char *body = r->out.p + level->at + 1;
		memmove(body + more, body, r->out.n - level->at - 1);
		r->out.n += more;
	}
	memcpy(r->out.p + level->at, head, more + 1);
	return true;
}

bool
json_close(struct json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	if (level->passage) {
		/* In an empty container there was nothing to find, unless the path names an index or a member. */
		r->found |= !level->count && (level->object ? takes_members(r, level->pass)
							    : takes_all(r, level->pass));
	} else if (!r->skip) {
		if (level->repeated && !settle(r, level))
			return false;
		if (level->count < 16)
			r->out.p[level->at] = (char)((level->object ? 0x80 : 0x90) | level->count);
		else if (!put_head(r, level))
			return false;
	}
	while (r->undos.n > level->undo) {
		struct undo undo;
		r->undos.n -= sizeof undo;
		memcpy(&undo, r->undos.p + r->undos.n, sizeof undo);
		r->keys.keys[undo.key].stamp = undo.stamp;
	}
	r->depth--;
	r->state = STATE_AFTER;
	return true;
}
