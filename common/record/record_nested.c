/* SPDX-License-Identifier: MIT */
#include "common/record/record_check_impl.h"

bool
record_is_timestamp(const char *p, size_t n)
{
	struct value v;
	char item[16] = {(char)0xc7, (char)n, EXT_TIMESTAMP};
	if (n > 12)
		return false;
	memcpy(item + 3, p, n);
	return value_read(item, item + 3 + n, &v) && v.type == VALUE_TIMESTAMP;
}

static const enum value_type types[] = {
    [MP_NIL] = VALUE_NULL,
    [MP_BOOL] = VALUE_BOOL,
    [MP_INT] = VALUE_INT,
    [MP_UINT] = VALUE_INT,
    [MP_FLOAT] = VALUE_FLOAT,
    [MP_STR] = VALUE_TEXT,
    [MP_BIN] = VALUE_BYTES,
    [MP_ARRAY] = VALUE_JSON,
    [MP_MAP] = VALUE_JSON,
    [MP_EXT] = VALUE_BAD,
};

/* The heads that are not so frequent. */
const char *
record_check_other(struct record_check *c, const char *p, const char *end, enum value_type *type)
{
	struct mp_token t;
	const char *next = mp_read(p, end, &t);
	if (!next)
		return NULL;
	*type = types[t.type];
	if (t.type == MP_EXT)
		return check_ext(c, t.p, end, t.ext, t.n, type);
	if (t.type == MP_STR && !utf8_valid((struct slice){t.p, t.n}))
		return record_fail(c, NOT_UTF8);
	return next;
}

/* The name of a pair at p; it goes onto the list. */
const char *
record_take_name(struct record_check *c, const char *p, const char *end, struct slice *name)
{
	struct mp_token t;
	p = mp_read(p, end, &t);
	if (!p)
		return NULL;
	if (t.type != MP_STR)
		return record_fail(c, "a key is not text");
	*name = (struct slice){t.p, t.n};
	if (!utf8_valid((struct slice){t.p, t.n}))
		return record_fail_at(c, *name, "the name is not valid UTF-8");
	return names_add(&c->names, *name) ? p
					   : record_fail(c, "has more names than memory can hold");
}

/* Whether the names of the innermost map, which begin at first, differ. */
bool
record_close_map(struct record_check *c, size_t first)
{
	size_t i;
	enum names_found found = names_find_repeated(&c->names, first, &i);
	if (found == NAMES_REPEATED)
		record_fail_at(c, names_at(&c->names, i), "the name occurs twice");
	else if (found == NAMES_NO_MEMORY)
		record_fail(c, "has more names than memory can hold");
	return found == NAMES_UNIQUE;
}

struct level {
	uint64_t left; /* objects that are still to come; in a map keys and values count */
	size_t names;  /* where its names begin */
	bool map;
};

/*
 * Opens the map or array at p. A map that promises more names than its bytes can hold
 * different ones is refused before any memory is taken for them: few of them can be
 * shorter than 3 bytes.
 */
static const char *
open_level(struct record_check *c, const char *p, const char *end, struct level *level)
{
	enum { SHORT_NAMES = 20000, PAIR_MIN = 5 };
	struct mp_token t;
	p = mp_read(p, end, &t);
	if (!p)
		return NULL;
	*level = (struct level){.left = t.n, .names = c->names.n, .map = t.type == MP_MAP};
	if (!level->map)
		return p;
	level->left = 2 * (uint64_t)t.n;
	if (t.n > SHORT_NAMES && t.n - SHORT_NAMES > (size_t)(end - p) / PAIR_MIN)
		return record_fail(c, "has more names than its bytes can hold different ones");
	return p;
}

const char *
record_check_nested(struct record_check *c, const char *p, const char *end)
{
	struct level levels[MP_DEPTH_MAX];
	size_t depth = 0;
	enum value_type type;
	struct slice name;
	p = open_level(c, p, end, &levels[0]);
	while (p) {
		struct level *level = &levels[depth];
		if (!level->left) {
			if (level->map && !record_close_map(c, level->names))
				return NULL;
			c->names.n = level->names;
			if (!depth--)
				return p;
			continue;
		}
		if (p >= end)
			return NULL;
		level->left--;
		if (level->map && level->left % 2)
			p = record_take_name(c, p, end, &name);
		else if (!is_container((unsigned char)*p))
			p = check_scalar(c, p, end, &type);
		else if (++depth < MP_DEPTH_MAX)
			p = open_level(c, p, end, &levels[depth]);
		else
			return NULL;
	}
	return NULL;
}
