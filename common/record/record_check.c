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
	if (!c)
		return NULL;
	c->known = calloc(FIELDS_MAX, sizeof *c->known);
	c->parts.values = calloc(FIELDS_MAX, sizeof *c->parts.values);
	c->parts.names = calloc(FIELDS_MAX, sizeof *c->parts.names);
	c->parts.known = calloc(FIELDS_MAX, sizeof *c->parts.known);
	if (c->known && c->parts.values && c->parts.names && c->parts.known)
		return c;
	free(c->known);
	free(c->parts.values);
	free(c->parts.names);
	free(c->parts.known);
	free(c);
	return NULL;
}

const struct record_parts *
record_check_parts(const struct record_check *c)
{
	return &c->parts;
}

const char *
record_check_error(const struct record_check *c, struct slice *at)
{
	*at = c->at;
	return c->error;
}

/*
 * The byte after the value at p if it is of this type, in the form that it mostly has,
 * and keeps the rules. NULL for any other. NEAR bytes can be read.
 */
static inline const char *
skip_usual(enum value_type type, const char *p)
{
	unsigned char head = (unsigned char)*p;
	switch (type) {
	case VALUE_INT:
		if (head < 0x80 || head >= 0xe0)
			return p + 1;
		return head >= 0xcc && head < 0xd4 ? p + 1 + ((size_t)1 << (head & 3)) : NULL;
	case VALUE_TEXT:
		if ((head & 0xe0) != 0xa0 || !is_short_text(p + 1, head & 0x1f))
			return NULL;
		return p + 1 + (head & 0x1f);
	case VALUE_DATE:
		return head == 0xd6 && p[1] == EXT_DATE ? p + 6 : NULL;
	case VALUE_TIMESTAMP:
		return head == 0xd6 && p[1] == EXT_TIMESTAMP ? p + 6 : NULL;
	case VALUE_DECIMAL:
		if (head == 0xd7 && p[1] == EXT_DECIMAL)
			return is_short_decimal(p + 2, 8) ? p + 10 : NULL;
		if (head != 0xc7 || p[2] != EXT_DECIMAL || (unsigned char)p[1] > 9)
			return NULL;
		return is_short_decimal(p + 3, (size_t)p[1]) ? p + 3 + p[1] : NULL;
	default:
		return NULL;
	}
}

static const char *
check_array(struct record_check *c, const struct schema *schema, const char *p, const char *end)
{
	const struct field *field = schema->fields, *last = field + schema->n;
	const char **at = c->parts.values;
	c->parts.n = schema->n;
	for (; field < last; field++) {
		enum value_type type;
		*at++ = p;
		const char *next = end - p >= NEAR ? skip_usual(field->type, p) : NULL;
		if (next) {
			p = next;
			continue;
		}
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
is_known(const struct known *known, const char *p, const char *end)
{
	size_t left = (size_t)(end - p);
	if (left >= known->n + SLACK)
		return words_equal(p, known->p, known->n);
	return left >= known->n && memcmp(p, known->p, known->n) == 0;
}

/* The index of the name at p among the next few known ones, from at on; n_known if it is not there. */
static size_t
find_known(const struct record_check *c, size_t at, const char *p, const char *end)
{
	size_t last = c->parts.n_known;
	if (last - at > LOOK_AHEAD)
		last = at + LOOK_AHEAD;
	for (; at < last; at++)
		if (is_known(&c->known[at], p, end))
			return at;
	return c->parts.n_known;
}

/*
 * The pairs of a map whose names are among the known ones, in the same order: so they
 * differ and are valid. *strange is set when one is not.
 */
static const char *
check_known(struct record_check *c, size_t pairs, const char *p, const char *end, bool *strange)
{
	size_t at = 0, n_known = c->parts.n_known;
	for (size_t i = 0; i < pairs; i++) {
		if (at == n_known || !is_known(&c->known[at], p, end))
			at = find_known(c, at, p, end);
		if (at == n_known) {
			*strange = true;
			return NULL;
		}
		enum value_type type;
		p += c->known[at].n;
		c->parts.values[i] = p;
		c->parts.names[i] = (uint16_t)at;
		p = check_value(c, p, end, &type);
		if (!p)
			return record_blame(c, c->parts.known[at]);
		at++;
	}
	return p;
}

/* The names of the record are the known ones from now on. */
static bool
learn(struct record_check *c)
{
	struct record_parts *parts = &c->parts;
	parts->n_known = 0;
	parts->shape++;
	buf_reset(&c->known_bytes);
	for (size_t i = 0; i < c->names.n; i++) {
		struct slice name = names_at(&c->names, i);
		size_t at = c->known_bytes.n;
		mp_buf_str(&c->known_bytes, name);
		c->known[i].n = c->known_bytes.n - at;
		parts->known[i].n = name.n;
		parts->names[i] = (uint16_t)i;
	}
	if (!buf_reserve(&c->known_bytes, SLACK))
		return false;
	const char *p = c->known_bytes.p;
	for (size_t i = 0; i < c->names.n; i++) {
		c->known[i].p = p;
		p += c->known[i].n;
		parts->known[i].p = p - parts->known[i].n;
	}
	parts->n_known = c->names.n;
	return true;
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
		c->parts.values[i] = p;
		p = check_value(c, p, end, &type);
		if (!p)
			return record_blame(c, name);
	}
	if (!record_close_map(c, 0))
		return NULL;
	return learn(c) ? p : record_fail(c, "has more names than memory can hold");
}

static const char *
check_map(struct record_check *c, size_t pairs, const char *p, const char *end)
{
	bool strange = false;
	if (pairs > FIELDS_MAX)
		return record_fail(c, "more than 4096 fields");
	c->parts.n = pairs;
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
