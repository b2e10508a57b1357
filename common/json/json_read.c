/* SPDX-License-Identifier: MIT */
#include "common/json/json_read_impl.h"
#include "common/json/json_scan.h"
#include "common/text/word.h"

/* A value: counted, and given its role where it is in a passage. */
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
	return json_token(r);
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

/* After a name: straight on to its value where it is near, as it nearly always is. */
static inline enum step
straight_to_value(struct json_reader *r)
{
	const char *p = r->p;
	if (r->end - p < 3 || p[0] != ':')
		return STEP_ON;
	p += p[1] == ' ' ? 2 : 1;
	if ((unsigned char)*p <= ' ')
		return STEP_ON;
	r->p = p;
	r->state = STATE_VALUE;
	return value(r);
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
	    words_equal(p, r->keys.pool.p + key->at + key->head, key->n)) {
		r->p = p + key->n + 1;
		r->state = STATE_COLON;
		return json_key_met(r, guess) ? straight_to_value(r) : STEP_BAD;
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
	r->passed.step = 0;
	json_forget_passed(r, 0);
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
		/* The next name is read at once where it is near; only speed depends on it. */
		if (r->end - p < 3 || !level->object)
			return STEP_ON;
		p += p[1] == ' ' ? 2 : 1;
		if (*p != '"')
			return STEP_ON;
		r->p = p;
		return name(r);
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
		return json_string_value(r);
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
		return json_token(r);
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
