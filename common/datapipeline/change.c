/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/datapipeline/change.h"
#include "common/text/ascii.h"

static bool
continues_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-' || c == '/';
}

/* Where the artifact begins in a text, from an offset on; the text's length if it is not there. */
static size_t
find_artifact(struct slice text, struct slice artifact, size_t from)
{
	for (size_t i = from; artifact.n && i + artifact.n <= text.n; i++) {
		bool folder = artifact.p[artifact.n - 1] == '/';
		if (memcmp(text.p + i, artifact.p, artifact.n) == 0 &&
		    (i == 0 || !continues_word(text.p[i - 1])) &&
		    (folder || i + artifact.n == text.n || !continues_word(text.p[i + artifact.n])))
			return i;
	}
	return text.n;
}

bool
dp_has_artifact(struct slice text, struct slice artifact)
{
	return find_artifact(text, artifact, 0) < text.n;
}

static void
replace(
    struct buf *out, struct slice text, const struct dp_system *from, const struct dp_system *to)
{
	size_t at = 0, found;
	if (from->image.n && slice_equal(text, from->image)) {
		buf_put_slice(out, to->image);
		return;
	}
	while ((found = find_artifact(text, from->artifact, at)) < text.n) {
		buf_put(out, text.p + at, found - at);
		buf_put_slice(out, to->artifact);
		at = found + from->artifact.n;
	}
	buf_put(out, text.p + at, text.n - at);
}

static bool
is_of(struct slice text, const struct dp_system *system)
{
	return (system->image.n && slice_equal(text, system->image)) ||
	       dp_has_artifact(text, system->artifact);
}

/* Called for each text of a definition. */
typedef void visit_text(void *context, struct slice object, const struct dp_field *f);

static void
visit(const struct dp_definition *d, visit_text *function, void *context)
{
	const struct dp_object *const lists[] = {d->objects, d->parameters};
	const size_t counts[] = {d->objects_n, d->parameters_n};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < counts[k]; i++)
			for (size_t j = 0; j < lists[k][i].n; j++) {
				const struct dp_field *f = &lists[k][i].fields[j];
				bool wanted = !k || slice_is(f->key, "default") ||
					      slice_is(f->key, "allowedValues");
				if (f->kind == DP_VALUE_TEXT && wanted)
					function(context, lists[k][i].id, f);
			}
	for (size_t i = 0; i < d->values_n; i++)
		if (d->values[i].kind == DP_VALUE_TEXT)
			function(context, (struct slice){0}, &d->values[i]);
}

struct finding {
	struct dp_changes *changes;
	const struct dp_system *from, *to;
};

static void
add_change(void *context, struct slice object, const struct dp_field *f)
{
	const struct finding *search = context;
	struct dp_changes *all = search->changes;
	/* A value that may be chosen stays one that may be chosen; others are only added. */
	if (!is_of(f->value, search->from))
		return;
	struct dp_change *more = realloc(all->items, (all->n + 1) * sizeof *more);
	if (!more) {
		all->failed = true;
		return;
	}
	all->items = more;
	struct dp_change *c = &all->items[all->n++];
	*c = (struct dp_change){.object = object, .field = f->key, .before = f->value, .at = f->at};
	replace(&c->after, f->value, search->from, search->to);
	all->failed |= c->after.failed;
}

static int
by_place(const void *a, const void *b)
{
	const struct dp_change *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

void
dp_change_find(struct dp_changes *changes, const struct dp_definition *d,
    const struct dp_system *from, const struct dp_system *to)
{
	struct finding search = {changes, from, to};
	visit(d, add_change, &search);
	if (changes->n)
		qsort(changes->items, changes->n, sizeof *changes->items, by_place);
}

void
dp_changes_free(struct dp_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		buf_free(&changes->items[i].after);
	free(changes->items);
	*changes = (struct dp_changes){0};
}

struct using
{
	const struct dp_system *systems;
	size_t n;
	bool *used;
};

static void
mark(void *context, struct slice object, const struct dp_field *f)
{
	struct using *u = context;
	(void)object;
	/* Values that a parameter may have do not show the one that it has. */
	for (size_t i = 0; i < u->n; i++)
		if (!slice_is(f->key, "allowedValues") && is_of(f->value, &u->systems[i]))
			u->used[i] = true;
}

size_t
dp_systems_of(const struct dp_definition *d, const struct dp_system *systems, size_t n, bool *used)
{
	struct using u = {systems, n, used};
	size_t count = 0;
	memset(used, 0, n * sizeof *used);
	visit(d, mark, &u);
	for (size_t i = 0; i < n; i++)
		count += used[i];
	return count;
}

static bool
same_field(const struct dp_field *a, const struct dp_field *b)
{
	return a->kind == b->kind && slice_equal(a->key, b->key) && slice_equal(a->value, b->value);
}

/* The values of each key in the same order; keys in any. */
static bool
same_fields(const struct dp_field *a, size_t n, const struct dp_field *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		/* The value with the same number among those of this key. */
		size_t number = 0, j = 0;
		for (size_t k = 0; k < i; k++)
			number += slice_equal(a[k].key, a[i].key);
		for (; j < m; j++)
			if (slice_equal(b[j].key, a[i].key) && number-- == 0)
				break;
		if (j == m || !same_field(&a[i], &b[j]))
			return false;
	}
	return true;
}

static bool
same_objects(const struct dp_object *a, size_t n, const struct dp_object *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		while (j < m && !slice_equal(b[j].id, a[i].id))
			j++;
		if (j == m)
			return false;
		struct slice name = a[i].name.n ? a[i].name : a[i].id;
		struct slice other = b[j].name.n ? b[j].name : b[j].id;
		if (!slice_equal(name, other) || !slice_equal(a[i].type, b[j].type) ||
		    !same_fields(a[i].fields, a[i].n, b[j].fields, b[j].n))
			return false;
	}
	return true;
}

bool
dp_is_equal(const struct dp_definition *a, const struct dp_definition *b)
{
	return same_objects(a->objects, a->objects_n, b->objects, b->objects_n) &&
	       same_objects(a->parameters, a->parameters_n, b->parameters, b->parameters_n) &&
	       same_fields(a->values, a->values_n, b->values, b->values_n);
}
