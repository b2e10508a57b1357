/* SPDX-License-Identifier: MIT */
/*
 * Whether a predicate holds for all records of a coverage window. Each test answers yes, no or
 * perhaps, and "and" and "or" join such answers; in doubt it is perhaps.
 */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/record/predicate_impl.h"

/* The places beside a literal that the values of a range may have, from first to last. */
struct places {
	int first, last;
	bool known;
};

static const struct places unknown = {0};

/* The range's end is not in it: the value before it, where its type has one. */
static bool
step_back(struct value *v)
{
	if (v->type != VALUE_DATE && v->type != VALUE_DATETIME && (v->type != VALUE_INT || v->huge))
		return false;
	if (v->i == INT64_MIN)
		return false;
	v->i--;
	return true;
}

static struct places
range_places(const struct predicate_literal *l, const struct value *from, const struct value *to)
{
	struct value end = *to;
	struct places places = {.first = predicate_place(l, from)};
	bool inside = step_back(&end);
	places.last = predicate_place(l, &end);
	if (places.first == PLACE_NONE || places.last == PLACE_NONE)
		return unknown;
	/* Without a value before it: values below an end at the literal are before it. */
	if (!inside && places.last == 0)
		places.last = places.first < 0 ? -1 : 0;
	places.known = places.first <= places.last;
	return places;
}

/* Whether all places, or no places, are among the bits. */
static enum predicate_answer
within(struct places places, unsigned bits, bool negated)
{
	bool all = true, any = false;
	if (!places.known)
		return PREDICATE_MISFIT;
	for (int i = places.first; i <= places.last; i++) {
		bool is = bits >> (i + 1) & 1;
		all &= is;
		any |= is;
	}
	if (all != any)
		return PREDICATE_MISFIT;
	return all != negated ? PREDICATE_TRUE : PREDICATE_FALSE;
}

static enum predicate_answer
complement(enum predicate_answer a)
{
	return a == PREDICATE_MISFIT ? a : a == PREDICATE_TRUE ? PREDICATE_FALSE : PREDICATE_TRUE;
}

static enum predicate_answer
join(bool both, enum predicate_answer a, enum predicate_answer b)
{
	enum predicate_answer decides = both ? PREDICATE_FALSE : PREDICATE_TRUE;
	if (a == decides || b == decides)
		return decides;
	return a == b ? a : PREDICATE_MISFIT;
}

static enum predicate_answer
ask_range(const struct predicate *p, const struct predicate_test *test, const struct value *from,
    const struct value *to)
{
	const struct predicate_literal *l = &p->literals[test->first];
	if (from->type != to->type || from->type == VALUE_NULL ||
	    !predicate_fits_type(test, from->type))
		return PREDICATE_MISFIT;
	enum predicate_answer a;
	switch (test->kind) {
	case PREDICATE_ORDER:
		return within(range_places(l, from, to), test->places, test->negated);
	case PREDICATE_BETWEEN:
		a = join(true, within(range_places(&l[0], from, to), PLACE_AT | PLACE_AFTER, false),
		    within(range_places(&l[1], from, to), PLACE_AT | PLACE_BEFORE, false));
		return test->negated ? complement(a) : a;
	case PREDICATE_IN:
		a = PREDICATE_FALSE;
		for (size_t i = 0; i < test->n; i++)
			a = join(false, a, within(range_places(&l[i], from, to), PLACE_AT, false));
		return test->negated ? complement(a) : a;
	default:
		return PREDICATE_MISFIT;
	}
}

/* One value of a window: an array of two is a range. */
static enum predicate_answer
ask_value(const struct predicate *p, const struct predicate_test *test, const struct value *v)
{
	struct value from, to;
	struct mp_token head;
	if (test->kind == PREDICATE_NULL || test->kind == PREDICATE_MISSING)
		return v->type == VALUE_NULL ? PREDICATE_MISFIT
		       : test->negated       ? PREDICATE_TRUE
					     : PREDICATE_FALSE;
	if (v->type == VALUE_JSON) {
		const char *end = v->s.p + v->s.n, *next = mp_read(v->s.p, end, &head);
		if (!next || head.type != MP_ARRAY || head.n != 2)
			return PREDICATE_MISFIT;
		next = value_read(next, end, &from);
		if (!next || !value_read(next, end, &to))
			return PREDICATE_MISFIT;
		return ask_range(p, test, &from, &to);
	}
	if (v->type == VALUE_NULL || !predicate_fits_type(test, v->type))
		return PREDICATE_MISFIT;
	if (test->kind == PREDICATE_SOMETHING)
		return predicate_something(v) != test->negated ? PREDICATE_TRUE : PREDICATE_FALSE;
	return predicate_holds(p, test, v) ? PREDICATE_TRUE : PREDICATE_FALSE;
}

/* Numbers are of one family, and so are dates and times without a zone. */
static int
family(enum value_type type)
{
	switch (type) {
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_DECIMAL:
		return VALUE_INT;
	case VALUE_DATE:
	case VALUE_DATETIME:
		return VALUE_DATE;
	default:
		return (int)type;
	}
}

/* The type of a window's value, and of the bounds of a range; VALUE_NULL if the bounds differ. */
static enum value_type
window_type(const struct value *v)
{
	struct value from, to;
	struct mp_token head;
	if (v->type != VALUE_JSON)
		return v->type;
	const char *end = v->s.p + v->s.n, *next = mp_read(v->s.p, end, &head);
	if (!next || head.type != MP_ARRAY || head.n != 2)
		return VALUE_NULL;
	next = value_read(next, end, &from);
	if (!next || !value_read(next, end, &to) || from.type != to.type)
		return VALUE_NULL;
	return from.type;
}

/*
 * Whether the test means the same for the window's value as for the records' values. A
 * literal in quotes is of the type that it is compared with; a date means another time
 * in another zone.
 */
static bool
same_meaning(const struct predicate *p, const struct predicate_test *test, enum value_type window,
    enum value_type field)
{
	if (field != VALUE_NULL)
		return family(window) == family(field);
	for (size_t i = 0; i < test->n; i++)
		if (p->literals[test->first + i].quoted &&
		    predicate_literal_form(&p->literals[test->first + i]) != FORM_TEXT)
			return false;
	return !(p->zone && family(window) == VALUE_DATE);
}

static enum predicate_answer
ask_test(const struct predicate *p, const struct predicate_test *test, const struct record *window,
    const enum value_type *types)
{
	long at = record_find(window, p->fields[test->field].name, 0);
	if (at < 0)
		return PREDICATE_MISFIT;
	const struct value *v = &window->cells[at].value;
	if (!same_meaning(p, test, window_type(v), types[test->field]))
		return PREDICATE_MISFIT;
	return ask_value(p, test, v);
}

enum predicate_answer
predicate_ask_window(
    const struct predicate *p, const struct record *window, const enum value_type *types)
{
	enum predicate_answer *answers = malloc((p->n_nodes + 1) * sizeof *answers);
	if (!answers)
		return PREDICATE_MISFIT;
	for (size_t i = 0; i < p->n_nodes; i++) {
		const struct predicate_node *node = &p->nodes[i];
		if (node->op == NODE_TEST)
			answers[i] = ask_test(p, &p->tests[node->a], window, types);
		else if (node->op == NODE_NOT)
			answers[i] = answers[node->a]; /* the tests are negated */
		else
			answers[i] = join((node->op == NODE_AND) != node->flip, answers[node->a],
			    answers[node->b]);
	}
	enum predicate_answer all = p->n_nodes ? answers[p->n_nodes - 1] : PREDICATE_TRUE;
	free(answers);
	return p->invert ? complement(all) : all;
}
