/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json/json_write.h"
#include "common/record/mp.h"
#include "common/sql/column_impl.h"
#include "common/text/decimal.h"

enum { NAME_SHOWN = 60, FEW = 32 };

static int
compare(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	int order = x->n && y->n ? memcmp(x->p, y->p, x->n < y->n ? x->n : y->n) : 0;

	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* Of n names. Few are compared with each other, more are sorted. */
static bool
find_twice(struct slice *names, size_t n, struct slice *twice)
{
	if (n > FEW)
		qsort(names, n, sizeof *names, compare);
	for (size_t i = 1; i < n; i++)
		for (size_t k = n > FEW ? i - 1 : 0; k < i; k++)
			if (slice_equal(names[i], names[k])) {
				*twice = names[i];
				return true;
			}
	return false;
}

/*
 * The map's n pairs begin at p. A name that is not text has no JSON form; that
 * is reported elsewhere.
 */
static bool
map_repeats(const char *p, const char *end, size_t n, struct slice *twice)
{
	struct slice few[FEW], *names = n > FEW ? malloc(n * sizeof *names) : few;
	struct mp_token t;
	size_t found = 0;

	if (!names) {
		*twice = SLICE("(too many to compare)");
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		const char *value = mp_skip(p, end);
		if (mp_read(p, end, &t) && t.type == MP_STR)
			names[found++] = (struct slice){t.p, t.n};
		p = mp_skip(value, end);
	}
	bool repeats = find_twice(names, found, twice);
	if (names != few)
		free(names);
	return repeats;
}

/* True if an object in the value, at any depth, has a name more than once. */
static bool
repeats_name(struct slice value, struct slice *twice)
{
	const char *p = value.p, *end = value.p + value.n;
	struct mp_token t;

	while (p < end && (p = mp_read(p, end, &t)) != NULL)
		if (t.type == MP_MAP && t.n > 1 && map_repeats(p, end, t.n, twice))
			return true;
	return false;
}

/* True if the JSON text holds the escape \u0000, which a jsonb cannot. */
static bool
holds_escaped_nul(struct slice s)
{
	for (size_t i = 0; i + 6 <= s.n; i++) {
		if (s.p[i] != '\\')
			continue;
		if (memcmp(s.p + i, "\\u0000", 6) == 0)
			return true;
		i++;
	}
	return false;
}

/*
 * True if a decimal is in it that no integer of 8 bytes is: as JSON text it
 * would become a float.
 */
static bool
holds_fraction(const struct value *v)
{
	const char *p = v->s.p, *end = v->s.p + v->s.n;
	struct mp_token t;
	int64_t i;
	uint64_t u;
	bool huge;

	if (v->type == VALUE_DECIMAL)
		return !decimal_to_integer(v->s, &i, &u, &huge);
	while (v->type == VALUE_JSON && p < end && (p = mp_read(p, end, &t)) != NULL)
		if (t.type == MP_EXT && t.ext == EXT_DECIMAL &&
		    !decimal_to_integer((struct slice){t.p, t.n}, &i, &u, &huge))
			return true;
	return false;
}

bool
column_fit_json(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct column_misfit *why)
{
	struct slice name;

	switch (in->type) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
	case VALUE_TEXT:
	case VALUE_JSON:
		break;
	default:
		return column_wrong_type(c, in, why);
	}
	if (c->binary_numbers && holds_fraction(in))
		return column_refuse(why, "exact",
		    "holds a decimal, which %.*s would keep as binary floating point",
		    (int)c->type.n, c->type.p);
	/* These two are parsed by the server, which keeps the last of two members of one name. */
	if ((c->no_nul || c->binary_numbers) && in->type == VALUE_JSON &&
	    repeats_name(in->s, &name))
		return column_refuse(why, "names",
		    "holds an object with the name \"%.*s\" twice, and %.*s keeps one",
		    (int)(name.n < NAME_SHOWN ? name.n : NAME_SHOWN), name.p, (int)c->type.n,
		    c->type.p);
	const char *wrong = json_write(scratch, in->raw, &(struct json_style){0});
	if (wrong)
		return column_refuse(why, "json", "holds %s, which JSON cannot", wrong);
	column_set_text(out, VALUE_TEXT, buf_slice(scratch));
	if (c->no_nul && holds_escaped_nul(out->s))
		return column_refuse(why, "nul", "holds a NUL character, which %.*s cannot",
		    (int)c->type.n, c->type.p);
	return column_check_text(c, out->s, why);
}
