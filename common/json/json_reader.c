/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_number.h"
#include "common/json/json_read_impl.h"
#include "common/record/record.h"
#include "common/text/text_count.h"

enum {
	BLOCK = 256 * 1024,
	/* An unfinished number is the longest thing that is carried to the next block. */
	CARRY = 2 * JSON_NUMBER_MAX,
	QUOTE_MAX = 256, /* bytes at fault that an error keeps */
};

static const struct json_path whole_text;

struct json_reader *
json_reader_new(const struct json_rules *rules)
{
	struct json_reader *r = calloc(1, sizeof *r);
	if (!r || !json_keys_init(&r->keys)) {
		free(r);
		return NULL;
	}
	r->rules = *rules;
	if (!r->rules.depth)
		r->rules.depth = MP_DEPTH_MAX;
	r->path = rules->path ? rules->path : &whole_text;
	r->keys_many = JSON_KEYS_MANY;
	r->out.max = rules->value_max ? rules->value_max + ROOM : 0;
	r->name.max = r->undos.max = r->out.max;
	json_reset(r);
	return r;
}

void
json_reader_free(struct json_reader *r)
{
	if (!r)
		return;
	json_keys_free(&r->keys);
	buf_free(&r->undos);
	buf_free(&r->out);
	buf_free(&r->name);
	buf_free(&r->marks);
	for (size_t i = 0; i < JSON_PATH_MAX; i++)
		buf_free(&r->member[i]);
	buf_free(&r->error_text);
	buf_free(&r->passed.bytes);
	free(r->block);
	free(r);
}

void
json_reset(struct json_reader *r)
{
	r->begin = r->p = r->end = NULL;
	r->last = r->separate = r->any = r->found = r->skip = r->beside = false;
	r->passed_most = 0;
	r->state = STATE_START;
	r->depth = 0;
	r->value_depth = NO_VALUE;
	r->levels[0] = (struct level){.passage = true, .limit = SIZE_MAX};
	r->here = (struct place){.line = 1, .column = 1};
	r->root_at = r->value_at = r->name_at = r->here;
	r->error = (struct json_error){0};
	r->passed.step = r->passed.n = 0;
	buf_reset(&r->passed.bytes);
	buf_reset(&r->undos);
	buf_reset(&r->out);
	buf_reset(&r->name);
}

/*
 * Line and column of p, after from, whose place is known. Columns count
 * characters, not bytes.
 */
static struct place
place_behind(struct place place, const char *from, const char *p)
{
	uint64_t newlines = text_newlines(from, p);
	if (newlines) {
		place.line += newlines;
		place.column = 1;
		for (from = p; from[-1] != '\n';)
			from--;
	}
	place.column += text_characters(from, p);
	place.p = NULL;
	return place;
}

/* The same of p in the block. */
static struct place
place_of(const struct json_reader *r, const char *p)
{
	return place_behind(r->here, r->begin, p);
}

static void
settle_place(const struct json_reader *r, struct place *place)
{
	if (place->p)
		*place = place_of(r, place->p);
}

/* Before the block goes: where it ends, and where that began which is not at its end yet. */
static void
settle_block(struct json_reader *r)
{
	if (r->depth && r->rules.path_must_lead)
		settle_place(r, &r->root_at);
	if (r->state == STATE_NAME)
		settle_place(r, &r->name_at);
	if (r->value_depth == NO_VALUE) {
		r->here = r->value_at = place_of(r, r->p);
	} else if (r->value_at.p) {
		const char *value = r->value_at.p;
		r->value_at = place_of(r, value);
		r->here = place_behind(r->value_at, value, r->p);
	} else {
		r->here = place_of(r, r->p);
	}
}

struct slice
json_member_name(const struct json_reader *r, size_t step)
{
	return buf_slice(&r->member[step]);
}

bool
json_beside(const struct json_reader *r, size_t *step, struct slice *name)
{
	const struct level *level = &r->levels[r->depth];
	*step = level->pass;
	*name = (struct slice){0};
	if (r->beside && r->depth)
		*name = json_key_name(&r->keys, level->last);
	return r->beside;
}

size_t
json_passed(const struct json_reader *r)
{
	return r->passed_most;
}

void
json_value_position(const struct json_reader *r, uint64_t *line, uint64_t *column)
{
	struct place place = r->value_at;
	settle_place(r, &place);
	*line = place.line;
	*column = place.column;
}

char *
json_space(struct json_reader *r, size_t *room)
{
	if (!r->block) {
		r->block_cap = BLOCK + CARRY;
		r->block = malloc(r->block_cap);
		if (!r->block)
			return NULL;
	}
	size_t carry = 0;
	if (r->begin) {
		settle_block(r);
		carry = (size_t)(r->end - r->p);
		memmove(r->block, r->p, carry);
	}
	r->begin = r->p = r->block;
	r->end = r->block + carry;
	*room = r->block_cap - carry < BLOCK ? r->block_cap - carry : BLOCK;
	return r->block + carry;
}

void
json_filled(struct json_reader *r, size_t n)
{
	r->end += n;
	r->last = !n;
}

void
json_text(struct json_reader *r, struct slice text)
{
	json_reset(r);
	r->begin = r->p = text.n ? text.p : "";
	r->end = r->begin + text.n;
	r->last = true;
}

enum step
json_start(struct json_reader *r)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t there = (size_t)(r->end - r->p);
	size_t n = there < 3 ? there : 3;
	if (n && memcmp(r->p, mark, n) == 0) {
		if (n < 3 && !r->last)
			return STEP_MORE;
		if (n == 3)
			r->p += 3;
	} else if (n > 1 && memcmp(r->p, "\x1f\x8b", 2) == 0) {
		return json_bad(r, r->p, "the text is compressed");
	} else if (n && ((unsigned char)*r->p >= 0xfe || !*r->p || (n > 1 && !r->p[1]))) {
		return json_bad(r, r->p, "the text is not UTF-8 (it looks like UTF-16 or UTF-32)");
	} else if (n < 2 && !r->last) {
		return STEP_MORE;
	}
	r->state = STATE_ROOT;
	return STEP_ON;
}

static bool
fail_at(struct json_reader *r, struct place place, const char *what, struct slice at)
{
	if (at.n > QUOTE_MAX)
		at.n = QUOTE_MAX;
	buf_reset(&r->error_text);
	buf_put_slice(&r->error_text, at);
	r->error.what = what;
	r->error.cut = false;
	r->error.fault = JSON_FAULT_NONE;
	r->error.at = buf_slice(&r->error_text);
	r->error.line = place.line;
	r->error.column = place.column;
	r->state = STATE_BAD;
	return false;
}

bool
json_fail(struct json_reader *r, const char *p, const char *what, struct slice at)
{
	return fail_at(r, place_of(r, p), what, at);
}

enum step
json_bad(struct json_reader *r, const char *p, const char *what)
{
	json_fail(r, p, what, (struct slice){p, p < r->end ? 1 : 0});
	return STEP_BAD;
}

enum step
json_cut(struct json_reader *r, const char *what)
{
	if (!r->last)
		return STEP_MORE;
	json_bad(r, r->end, what);
	r->error.cut = true;
	return STEP_BAD;
}

bool
json_fail_name(struct json_reader *r, const char *what, struct slice name)
{
	struct place place = r->name_at;
	settle_place(r, &place);
	return fail_at(r, place, what, name);
}

void
json_note_passed(struct json_reader *r, size_t step, struct slice name)
{
	struct passed_names *p = &r->passed;
	if (step > p->step) {
		p->n = 0;
		p->step = step;
		buf_reset(&p->bytes);
	}
	if (r->found || step < p->step || p->n == JSON_PASSED_MAX || name.n > NAME_MAX_BYTES)
		return;
	buf_put_slice(&p->bytes, name);
	p->ends[p->n++] = p->bytes.n;
}

void
json_forget_passed(struct json_reader *r, size_t step)
{
	if (step < r->passed.step)
		return;
	r->passed.step = step;
	r->passed.n = 0;
	buf_reset(&r->passed.bytes);
}

const struct slice *
json_passed_names(struct json_reader *r, size_t *n, struct slice *wanted)
{
	struct passed_names *p = &r->passed;
	size_t at = 0;
	*n = p->bytes.failed ? 0 : p->n;
	for (size_t i = 0; i < *n; i++) {
		p->list[i] = (struct slice){p->bytes.p + at, p->ends[i] - at};
		at = p->ends[i];
	}
	*wanted = *n ? r->path->steps[p->step].name : (struct slice){0};
	return p->list;
}

bool
json_fail_path(struct json_reader *r)
{
	struct place place = r->root_at;
	settle_place(r, &place);
	fail_at(r, place, "the record path leads nowhere", (struct slice){0});
	r->error.fault = JSON_FAULT_NO_PATH;
	return false;
}

bool
json_fail_full(struct json_reader *r)
{
	struct place place = r->value_at;
	settle_place(r, &place);
	fail_at(r, place, r->rules.value_max ? "a value is too large" : "no memory for a value",
	    (struct slice){0});
	r->error.fault = JSON_FAULT_FULL;
	return false;
}

const struct json_error *
json_error(const struct json_reader *r)
{
	return &r->error;
}

bool
json_any(const struct json_reader *r)
{
	return r->any;
}

bool
json_reserve_name(struct json_reader *r, struct slice name)
{
	uint32_t key = json_keys_intern(&r->keys, name);
	if (key == JSON_KEY_NONE)
		return false;
	r->keys.keys[key].reserved = true;
	return true;
}

bool
json_to_msgpack(
    struct slice text, enum json_duplicates duplicates, struct buf *out, struct json_error *error)
{
	const struct json_rules rules = {.duplicates = duplicates, .single = true};
	struct json_reader *r = json_reader_new(&rules);
	if (!r) {
		*error = (struct json_error){.what = "no memory for a value"};
		return false;
	}
	json_text(r, text);
	struct slice value, none;
	size_t at = out->n;
	enum json_status status = json_next(r, &value);
	if (status == JSON_VALUE) {
		buf_put_slice(out, value);
		status = json_next(r, &none);
	}
	*error = *json_error(r);
	error->at = (struct slice){0};
	if (status != JSON_END)
		out->n = at;
	json_reader_free(r);
	return status == JSON_END;
}
