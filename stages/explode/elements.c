/* SPDX-License-Identifier: MIT */
#include "stages/explode/elements.h"
#include "common/program/message.h"
#include "common/record/mp_path.h"
#include "common/stream/reshape.h"
#include "stages/explode/config.h"
#include "stages/explode/row.h"

/* An array on the path. Within the array of the level before, the path goes through one element of it. */
struct level {
	struct json_path path; /* to the array, in map */
	struct slice map;    /* the record, in which the arrays before are replaced by an element */
	struct buf bytes;    /* of map, but for the first level */
	const char *p, *end; /* the elements that are left */
	size_t left;
};

static struct level levels[JSON_PATH_MAX + 1];
static size_t n_levels;

void
elements_init(void)
{
	const struct json_path *whole = &config.targets[0].path;
	struct json_path path = {0};
	for (size_t i = 0; i < whole->n; i++) {
		if (whole->steps[i].each)
			levels[n_levels++].path = path;
		else
			path.steps[path.n++] = whole->steps[i];
	}
	if (!whole->steps[whole->n - 1].each)
		levels[n_levels++].path = path;
	for (size_t i = 1; i < n_levels; i++)
		levels[i].bytes.max = STREAM_RECORD_MAX;
	reshape_take_out(&levels[n_levels - 1].path, config.targets[0].text);
}

static bool
put_members(const char *p, const char *end, size_t n)
{
	static struct buf name;
	for (size_t i = 0; i < n; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		struct slice full = {key.p, key.n};
		if (config.prefix.n) {
			buf_reset(&name);
			buf_put_slice(&name, config.prefix);
			buf_put_slice(&name, full);
			buf_check(&name, "a name", NULL);
			full = buf_slice(&name);
		}
		p = mp_skip(value, end);
		if (full.n > NAME_MAX_BYTES)
			return row_fail(full, "name", "has a name longer than 1024 bytes");
		if (!config.n_columns && reshape_has(i, full))
			return row_fail(full, "name",
			    "is a field of the record and of an element (see --prefix and --as)");
		if (!row_put(i, full, (struct slice){value, (size_t)(p - value)}))
			return false;
	}
	return true;
}

/* The members as they are; their names are looked at only. */
static bool
put_all(const char *inside, const char *end, size_t n)
{
	const char *p = inside;
	for (size_t i = 0; i < n; i++) {
		struct mp_token key;
		const char *value = mp_read(p, end, &key);
		if (reshape_has(i, (struct slice){key.p, key.n}))
			return put_members(inside, end, n); /* it fails */
		p = mp_skip(value, end);
	}
	row_put_all(n, (struct slice){inside, (size_t)(end - inside)});
	return true;
}

static bool
put_element(struct slice value)
{
	struct mp_token t;
	const char *end = value.p + value.n, *inside = mp_read(value.p, end, &t);
	if (config.merge && t.type == MP_MAP)
		return config.prefix.n || config.n_columns ? put_members(inside, end, t.n)
							   : put_all(inside, end, t.n);
	/* Under --types no element is fields that are all null. */
	if (config.merge && config.n_columns && t.type == MP_NIL)
		return true;
	struct slice name = config.targets[0].name;
	if (!config.n_columns && reshape_has(0, name))
		return row_fail(name, "name", "is a field of the record already (see --as)");
	return row_put(0, name, value);
}

static bool
send_elements(struct level *l)
{
	for (uint64_t i = 0; l->left; i++) {
		const char *next = mp_skip(l->p, l->end);
		if (!row_begin(i) || !put_element((struct slice){l->p, (size_t)(next - l->p)}) ||
		    !row_send())
			return false;
		l->p = next;
		l->left--;
	}
	return true;
}

static bool
send_empty(void)
{
	static const char nil[] = "\xc0";
	return row_begin(ROW_EMPTY) && put_element((struct slice){nil, 1}) && row_send();
}

/* Looks up the array of level k. *n: its elements; 0 for null and where there is none. */
static bool
open_level(struct level *l)
{
	struct slice value;
	struct mp_token t;
	l->left = 0;
	if (!mp_path_get(l->map, &l->path, &value))
		return true;
	reshape_found(0);
	l->end = value.p + value.n;
	l->p = mp_read(value.p, l->end, &t);
	if (t.type != MP_NIL && t.type != MP_ARRAY)
		return row_fail(config.targets[0].text, "array", "is %s, not an array",
		    t.type == MP_MAP ? "an object" : "a single value");
	l->left = t.type == MP_ARRAY ? t.n : 0;
	return true;
}

/* Opens the level and, if it is the innermost one or has no elements, sends what there is to send. */
static bool
enter(size_t k, uint64_t *empty)
{
	struct level *l = &levels[k];
	if (!open_level(l))
		return false;
	if (l->left && k + 1 < n_levels)
		return true;
	*empty += !l->left;
	if (!l->left && !config.keep_empty)
		return true;
	if (!row_take(l->map, l->left > 0))
		return false;
	return l->left ? send_elements(l) : send_empty();
}

bool
elements_send(struct slice map, uint64_t *empty)
{
	size_t depth = 0;
	levels[0].map = map;
	if (!enter(0, empty))
		return false;
	for (;;) {
		struct level *l = &levels[depth];
		if (!l->left) {
			if (!depth--)
				return true;
			continue;
		}
		struct level *below = &levels[depth + 1];
		const char *next = mp_skip(l->p, l->end);
		buf_reset(&below->bytes);
		mp_path_set(
		    &below->bytes, l->map, &l->path, (struct slice){l->p, (size_t)(next - l->p)});
		buf_check(&below->bytes, "a record", NULL);
		below->map = buf_slice(&below->bytes);
		l->p = next;
		l->left--;
		if (!enter(++depth, empty))
			return false;
	}
}
