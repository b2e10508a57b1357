/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/record_check_impl.h"

enum {
	LOOK_AHEAD = 8, /* known names that a record may leave out in a row */
	SLACK = 8,      /* bytes after a known name that may be read */
};

struct record_check *
record_check_new(void)
{
	struct record_check *c = calloc(1, sizeof *c);
	struct known *known = calloc(FIELDS_MAX, sizeof *known);
	if (!c || !known) {
		free(c);
		free(known);
		return NULL;
	}
	c->known = known;
	return c;
}

const char *
record_check_error(const struct record_check *c, struct slice *at)
{
	*at = c->at;
	return c->error;
}

static const char *
check_array(struct record_check *c, const struct schema *schema, const char *p, const char *end)
{
	const struct field *field = schema->fields, *last = field + schema->n;
	for (; field < last; field++) {
		enum value_type type;
		p = check_value(c, p, end, &type);
		if (!p)
			return record_blame(c, field->name);
		if (type != field->type && type != VALUE_NULL)
			return record_fail_at(c, field->name, "is not of its schema's type");
	}
	return p;
}

/* Whether the name at p is the known one. */
static inline bool
is_known(const struct record_check *c, size_t i, const char *p, const char *end)
{
	const char *name = c->known_bytes.p + c->known[i].at;
	size_t n = c->known[i].n, left = (size_t)(end - p);
	if (left >= n + SLACK)
		return words_equal(p, name, n);
	return left >= n && memcmp(p, name, n) == 0;
}

/* The name that the msgpack string holds. */
static struct slice
name_of(const char *p, const char *end)
{
	struct mp_token t;
	mp_read(p, end, &t);
	return (struct slice){t.p, t.n};
}

/*
 * The pairs of a map whose names are among the known ones, in the same order: so they
 * differ and are valid. *strange is set when one is not.
 */
static const char *
check_known(struct record_check *c, size_t pairs, const char *p, const char *end, bool *strange)
{
	size_t at = 0;
	for (size_t i = 0; i < pairs; i++) {
		size_t last = at + LOOK_AHEAD < c->n_known ? at + LOOK_AHEAD : c->n_known;
		while (at < last && !is_known(c, at, p, end))
			at++;
		if (at == last) {
			*strange = true;
			return NULL;
		}
		enum value_type type;
		const char *name = p;
		p = check_value(c, p + c->known[at].n, end, &type);
		if (!p)
			return record_blame(c, name_of(name, end));
		at++;
	}
	return p;
}

/* The names of the record are the known ones from now on. */
static void
learn(struct record_check *c)
{
	c->n_known = 0;
	buf_reset(&c->known_bytes);
	for (size_t i = 0; i < c->names.n; i++) {
		size_t at = c->known_bytes.n;
		mp_buf_str(&c->known_bytes, names_at(&c->names, i));
		c->known[i] = (struct known){at, c->known_bytes.n - at};
	}
	if (buf_reserve(&c->known_bytes, SLACK))
		c->n_known = c->names.n;
}

static const char *
check_pairs(struct record_check *c, size_t pairs, const char *p, const char *end)
{
	for (size_t i = 0; i < pairs; i++) {
		enum value_type type;
		struct slice name;
		p = record_take_name(c, p, end, &name);
		if (!p)
			return NULL;
		if (name.n > NAME_MAX_BYTES)
			return record_fail(c, "a name is longer than 1024 bytes");
		p = check_value(c, p, end, &type);
		if (!p)
			return record_blame(c, name);
	}
	if (!record_close_map(c, 0))
		return NULL;
	learn(c);
	return p;
}

static const char *
check_map(struct record_check *c, size_t pairs, const char *p, const char *end)
{
	bool strange = false;
	if (pairs > FIELDS_MAX)
		return record_fail(c, "more than 4096 fields");
	const char *next = check_known(c, pairs, p, end, &strange);
	return strange ? check_pairs(c, pairs, p, end) : next;
}

static void
begin(struct record_check *c, const char *p)
{
	c->error = NULL;
	c->at = (struct slice){0};
	c->names.start = p;
	c->names.n = 0;
}

size_t
record_check(struct record_check *c, const struct schema *schema, const char *p, const char *end)
{
	struct mp_token t;
	begin(c, p);
	const char *next = mp_read(p, end, &t);
	if (next && schema->n && t.type == MP_ARRAY && t.n == schema->n)
		next = check_array(c, schema, next, end);
	else if (next && !schema->n && t.type == MP_MAP)
		next = check_map(c, t.n, next, end);
	else
		next = NULL;
	return next ? (size_t)(next - p) : 0;
}

bool
record_check_item(struct record_check *c, struct slice payload)
{
	struct mp_token t;
	const char *end = payload.p + payload.n;
	begin(c, payload.p);
	if (!mp_read(payload.p, end, &t) || t.type != MP_MAP ||
	    record_check_nested(c, payload.p, end) != end)
		record_fail(c, "is not one whole map");
	return !c->error;
}
