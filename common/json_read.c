/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json_number.h"
#include "common/json_read_impl.h"
#include "common/json_scan.h"

/* Makes room for n bytes and ROOM more in out; NULL on failure, which is then reported. */
static inline char *
out_room(struct json_reader *r, size_t n)
{
	struct buf *b = &r->out;
	if (b->cap - b->n >= n + ROOM && b->p)
		return b->p + b->n;
	char *p = buf_reserve(b, n + ROOM);
	if (!p)
		json_fail_full(r);
	return p;
}

/* ---- strings ---- */

/* A value whose end or first odd byte is not near: its head is written when its length is known. */
static enum step
long_string(struct json_reader *r)
{
	enum step step = json_string_rest(r, &r->out);
	if (step != STEP_ON)
		return step;
	struct buf *out = &r->out;
	size_t n = out->n - r->string_at - MP_HEAD_MAX;
	if (n > UINT32_MAX) {
		json_fail_full(r);
		return STEP_BAD;
	}
	char *head = out->p + r->string_at;
	char *body = mp_put_str_head(head, n);
	memmove(body, head + MP_HEAD_MAX, n);
	out->n = (size_t)(body - out->p) + n;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static inline enum step
string_value(struct json_reader *r)
{
	const char *p = r->p + 1, *q = json_scan_ascii(p, r->end);
	size_t n = (size_t)(q - p);
	if (q < r->end && *q == '"' && n < UINT32_MAX) {
		char *o = out_room(r, n + MP_HEAD_MAX);
		if (!o)
			return STEP_BAD;
		o = mp_put_str_head(o, n);
		/* Short ones in one stroke: ROOM takes what is too much. */
		if (n <= 32 && r->end - p >= 32)
			memcpy(o, p, 32);
		else
			memcpy(o, p, n);
		r->out.n = (size_t)(o + n - r->out.p);
		r->p = q + 1;
		r->state = STATE_AFTER;
		return STEP_ON;
	}
	if (!out_room(r, MP_HEAD_MAX))
		return STEP_BAD;
	r->string_at = r->out.n;
	r->out.n += MP_HEAD_MAX;
	r->p = p;
	r->state = STATE_STRING;
	return long_string(r);
}

/* ---- names ---- */

/* Whether the n bytes at p are those at q; seven more may be read at both. */
static inline bool
same_words(const char *p, const char *q, size_t n)
{
	while (n >= 8) {
		if (json_load_word(p) != json_load_word(q))
			return false;
		p += 8;
		q += 8;
		n -= 8;
	}
	return !n || (json_load_word(p) ^ json_load_word(q)) << (64 - 8 * n) == 0;
}

static enum step
name_rest(struct json_reader *r)
{
	enum step step = json_string_rest(r, &r->name);
	if (step != STEP_ON)
		return step;
	r->state = STATE_COLON;
	return json_key_read(r, buf_slice(&r->name)) ? STEP_ON : STEP_BAD;
}

static inline enum step
name(struct json_reader *r)
{
	const char *p = r->p + 1;
	const struct level *level = &r->levels[r->depth];
	uint32_t guess =
	    level->last != JSON_KEY_NONE ? r->keys.keys[level->last].next : r->first[r->depth];
	const struct json_key *key = &r->keys.keys[guess];
	r->name_at.p = r->p;
	if (key->plain && (size_t)(r->end - p) > (size_t)key->n + 8 && p[key->n] == '"' &&
	    same_words(p, r->keys.pool.p + key->at + key->head, key->n)) {
		r->p = p + key->n + 1;
		r->state = STATE_COLON;
		return json_key_met(r, guess) ? STEP_ON : STEP_BAD;
	}
	const char *q = json_scan_text(p, r->end);
	if (q < r->end && *q == '"') {
		r->p = q + 1;
		r->state = STATE_COLON;
		return json_key_read(r, (struct slice){p, (size_t)(q - p)}) ? STEP_ON : STEP_BAD;
	}
	buf_reset(&r->name);
	r->p = p;
	r->state = STATE_NAME;
	return name_rest(r);
}

/* ---- other values ---- */

static enum step
slow_number(struct json_reader *r)
{
	const char *wrong = NULL;
	if (!out_room(r, MP_HEAD_MAX))
		return STEP_BAD;
	switch (json_number_put(&r->p, r->end, r->last, &r->out, &wrong)) {
	case JSON_NUMBER_OK:
		if (r->out.failed) {
			json_fail_full(r);
			return STEP_BAD;
		}
		r->state = STATE_AFTER;
		return STEP_ON;
	case JSON_NUMBER_MORE:
		return STEP_MORE;
	case JSON_NUMBER_BAD:
		break;
	}
	return json_bad(r, r->p, wrong);
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * The numbers that reports are full of: integers of up to 18 digits, and up to 15
 * digits with a point, where m / 10^k is the nearest float (both are exact) and its
 * shortest text is the same number. Whatever else it is, slow_number knows.
 */
static inline enum step
number(struct json_reader *r)
{
	static const double tens[] = {
	    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	const char *end = r->end, *p = r->p;
	bool negative = *p == '-';
	p += negative;
	const char *start = p;
	uint64_t m = 0;
	while (p < end && is_digit(*p))
		m = m * 10 + (uint64_t)(*p++ - '0');
	size_t whole = (size_t)(p - start);
	if (p == end || whole == 0 || whole > 18 || (*start == '0' && whole > 1))
		return slow_number(r);
	char *o = out_room(r, MP_HEAD_MAX);
	if (!o)
		return STEP_BAD;
	if (*p == '.') {
		const char *point = p++;
		while (p < end && is_digit(*p))
			m = m * 10 + (uint64_t)(*p++ - '0');
		size_t behind = (size_t)(p - point) - 1;
		if (behind == 0 || whole + behind > 15 || p == end || *p == 'e' || *p == 'E')
			return slow_number(r);
		double f = (double)m / tens[behind];
		o = mp_put_float(o, negative ? -f : f);
	} else if (*p == 'e' || *p == 'E' || (negative && !m)) {
		return slow_number(r);
	} else {
		o = mp_put_int(o, negative ? -(int64_t)m : (int64_t)m);
	}
	r->out.n = (size_t)(o - r->out.p);
	r->p = p;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static enum step
literal(struct json_reader *r, struct slice word, char token)
{
	size_t there = (size_t)(r->end - r->p);
	size_t n = there < word.n ? there : word.n;
	if (memcmp(r->p, word.p, n) != 0)
		return json_bad(r, r->p, "an unknown word");
	if (n < word.n)
		return json_cut(r, "the text ends inside a word");
	char *o = out_room(r, 1);
	if (!o)
		return STEP_BAD;
	*o = token;
	r->out.n++;
	r->p += word.n;
	r->state = STATE_AFTER;
	return STEP_ON;
}

static inline enum step
container(struct json_reader *r, bool object)
{
	if (!json_open(r, object))
		return STEP_BAD;
	r->p++;
	r->state = object ? STATE_FIRST_KEY : STATE_FIRST;
	return STEP_ON;
}

/* The value whose first byte is at r->p and which is counted already. */
static inline enum step
token(struct json_reader *r)
{
	switch (*r->p) {
	case '"':
		return string_value(r);
	case '{':
		return container(r, true);
	case '[':
		return container(r, false);
	case 't':
		return literal(r, SLICE("true"), (char)0xc3);
	case 'f':
		return literal(r, SLICE("false"), (char)0xc2);
	case 'n':
		return literal(r, SLICE("null"), (char)0xc0);
	default:
		if (is_digit(*r->p) || *r->p == '-')
			return number(r);
		return json_bad(r, r->p, "a value is expected");
	}
}

static inline enum step
value(struct json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	if (level->passage) {
		switch (json_value_begin(r)) {
		case ROLE_NONE:
			return STEP_BAD;
		case ROLE_PASSAGE:
			return STEP_ON;
		case ROLE_VALUE:
			break;
		}
	} else if (!level->object && level->count++ >= level->limit) {
		return json_bad(r, r->p, "an array has too many elements");
	}
	r->state = STATE_TOKEN;
	return token(r);
}

/* ---- between values ---- */

static enum step
root(struct json_reader *r)
{
	const char *p = json_skip_space(r->p, r->end);
	if (p > r->p)
		r->separate = false;
	r->p = p;
	if (p == r->end) {
		if (!r->last)
			return STEP_MORE;
		if (r->rules.single && !r->any && !r->rules.none_is_fine)
			return json_bad(r, p, "the text holds no value");
		r->state = STATE_END;
		return STEP_END;
	}
	if (r->any && r->rules.single)
		return json_bad(r, p, "more than one value");
	if (r->separate)
		return json_bad(r, p, "white space is missing between two values");
	r->any = true;
	r->found = false;
	r->root_at.p = p;
	r->separate = *p != '{' && *p != '[' && *p != '"';
	r->state = STATE_VALUE;
	return STEP_ON;
}

static inline enum step
after(struct json_reader *r)
{
	const struct level *level = &r->levels[r->depth];
	const char *p = r->p;
	if (r->depth == r->value_depth) {
		r->value_depth = NO_VALUE;
		if (!r->skip)
			return STEP_VALUE;
		r->skip = false;
	}
	if (r->skip || r->value_depth == NO_VALUE)
		r->out.n = 0;
	if (!r->depth) {
		if (r->rules.path_must_lead && !r->found && !json_fail_path(r))
			return STEP_BAD;
		r->state = STATE_ROOT;
		return STEP_ON;
	}
	if (p == r->end || (unsigned char)*p <= ' ') {
		r->p = p = json_skip_space(p, r->end);
		if (p == r->end)
			return json_cut(
			    r, level->object ? "an object has no end" : "an array has no end");
	}
	if (*p == ',') {
		r->p = p + 1;
		r->state = level->object ? STATE_KEY : STATE_VALUE;
		return STEP_ON;
	}
	if (*p != (level->object ? '}' : ']'))
		return json_bad(
		    r, p, level->object ? "',' or '}' is expected" : "',' or ']' is expected");
	r->p = p + 1;
	return json_close(r) ? STEP_ON : STEP_BAD;
}

static inline enum step
key_or_end(struct json_reader *r)
{
	if (*r->p == '"')
		return name(r);
	if (*r->p != '}' || r->state != STATE_FIRST_KEY)
		return json_bad(r, r->p, "a name in double quotes is expected");
	r->p++;
	return json_close(r) ? STEP_ON : STEP_BAD;
}

static inline enum step
colon(struct json_reader *r)
{
	if (*r->p != ':')
		return json_bad(r, r->p, "':' is expected");
	r->p++;
	r->state = STATE_VALUE;
	return STEP_ON;
}

static inline enum step
first_or_end(struct json_reader *r)
{
	if (*r->p != ']') {
		r->state = STATE_VALUE;
		return value(r);
	}
	r->p++;
	return json_close(r) ? STEP_ON : STEP_BAD;
}

/* Skips the white space before a token; false at the end of the block. */
static inline bool
token_there(struct json_reader *r)
{
	if (r->p < r->end && (unsigned char)*r->p > ' ')
		return true;
	r->p = json_skip_space(r->p, r->end);
	return r->p < r->end;
}

static inline enum step
advance(struct json_reader *r)
{
	static const char *const short_of[] = {
	    [STATE_VALUE] = "the text ends where a value is expected",
	    [STATE_FIRST] = "an array has no end",
	    [STATE_KEY] = "an object has no end",
	    [STATE_FIRST_KEY] = "an object has no end",
	    [STATE_COLON] = "an object has no end",
	};
	switch (r->state) {
	case STATE_START:
		return json_start(r);
	case STATE_ROOT:
		return root(r);
	case STATE_AFTER:
		return after(r);
	case STATE_STRING:
		return long_string(r);
	case STATE_NAME:
		return name_rest(r);
	case STATE_VALUE:
		return token_there(r) ? value(r) : json_cut(r, short_of[STATE_VALUE]);
	case STATE_FIRST:
		return token_there(r) ? first_or_end(r) : json_cut(r, short_of[STATE_FIRST]);
	case STATE_KEY:
	case STATE_FIRST_KEY:
		return token_there(r) ? key_or_end(r) : json_cut(r, short_of[STATE_KEY]);
	case STATE_TOKEN:
		return token(r);
	case STATE_COLON:
		return token_there(r) ? colon(r) : json_cut(r, short_of[STATE_COLON]);
	case STATE_END:
		return STEP_END;
	case STATE_BAD:
		break;
	}
	return STEP_BAD;
}

enum json_status
json_next(struct json_reader *r, struct slice *value)
{
	if (r->value_depth == NO_VALUE) {
		r->out.n = 0;
		if (!json_keys_trim(r))
			return JSON_BAD;
	}
	for (;;) {
		switch (advance(r)) {
		case STEP_ON:
			break;
		case STEP_VALUE:
			/* The buffer itself has some room beyond it. */
			if (r->rules.value_max && r->out.n > r->rules.value_max) {
				json_fail_full(r);
				return JSON_BAD;
			}
			*value = buf_slice(&r->out);
			return JSON_VALUE;
		case STEP_MORE:
			return JSON_MORE;
		case STEP_END:
			return JSON_END;
		case STEP_BAD:
			r->state = STATE_BAD;
			return JSON_BAD;
		}
	}
}
