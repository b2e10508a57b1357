/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/mp.h"
#include "common/record/predicate_impl.h"

#define BIT(type) (1u << (type))

/* Types and operators. */

static bool
is_text_test(const struct predicate_test *test)
{
	return test->kind == PREDICATE_CONTAINS || test->kind == PREDICATE_STARTS ||
	       test->kind == PREDICATE_ENDS || test->kind == PREDICATE_MATCHES;
}

/* It depends on the order of values, which bools have none of. */
static bool
needs_order(const struct predicate_test *test)
{
	return test->kind == PREDICATE_BETWEEN ||
	       (test->kind == PREDICATE_ORDER && test->places != PLACE_AT);
}

/* The types of the values that a test can be asked of, as bits. */
static unsigned
types_of(const struct predicate *p, const struct predicate_test *test)
{
	unsigned types = ~0u;
	if (test->kind >= PREDICATE_NULL)
		return types;
	if (is_text_test(test))
		return BIT(VALUE_TEXT);
	for (size_t i = 0; i < test->n; i++)
		types &= p->literals[test->first + i].fits;
	if (needs_order(test))
		types &= ~BIT(VALUE_BOOL);
	return types;
}

/*
 * Tests jump: each knows the test after it for both answers. A "not" is carried down to
 * the tests, so that a comparison with null stays false below it.
 */
void
predicate_finish(struct predicate *p, bool invert)
{
	if (!p->n_nodes)
		return;
	struct predicate_node *root = &p->nodes[p->n_nodes - 1];
	root->yes = invert ? PREDICATE_NO : PREDICATE_YES;
	root->no = invert ? PREDICATE_YES : PREDICATE_NO;
	p->invert = invert;
	for (size_t i = 0; i < p->n; i++)
		p->tests[i].fits = types_of(p, &p->tests[i]);
	p->start = root->first;
	for (size_t i = p->n_nodes; i-- > 0;) {
		struct predicate_node *node = &p->nodes[i];
		struct predicate_node *a = &p->nodes[node->a], *b = &p->nodes[node->b];
		switch (node->op) {
		case NODE_TEST:
			p->tests[node->a].negated ^= node->flip;
			p->tests[node->a].yes = node->yes;
			p->tests[node->a].no = node->no;
			continue;
		case NODE_NOT:
			a->flip = !node->flip;
			a->yes = node->yes;
			a->no = node->no;
			continue;
		case NODE_AND:
		case NODE_OR:
			break;
		}
		a->flip = b->flip = node->flip;
		b->yes = node->yes;
		b->no = node->no;
		bool both = (node->op == NODE_AND) != node->flip;
		a->yes = both ? b->first : node->yes;
		a->no = both ? node->no : b->first;
	}
}

void
predicate_free(struct predicate *p)
{
	for (size_t i = 0; i < p->n_literals; i++)
		free(p->literals[i].decimal_room);
	for (size_t i = 0; i < p->n_pools; i++)
		free(p->pools[i]);
	free(p->tests);
	free(p->fields);
	free(p->literals);
	free(p->nodes);
	free(p->pools);
	*p = (struct predicate){0};
}

struct slice
predicate_text(const struct predicate *p, const struct predicate_test *test, size_t i)
{
	return p->literals[test->first + i].text;
}

static const char *
type_words(enum value_type type)
{
	static const char *const words[] = {[VALUE_BOOL] = "a bool",
	    [VALUE_INT] = "an int",
	    [VALUE_FLOAT] = "a float",
	    [VALUE_DECIMAL] = "a decimal",
	    [VALUE_TEXT] = "text",
	    [VALUE_BYTES] = "bytes",
	    [VALUE_DATE] = "a date",
	    [VALUE_DATETIME] = "a datetime",
	    [VALUE_TIMESTAMP] = "a timestamp",
	    [VALUE_JSON] = "a map or an array"};
	return type < sizeof words / sizeof *words && words[type] ? words[type] : "nothing known";
}

enum { SHOWN_MAX = 60 };

static void
put_literal(struct buf *why, const struct predicate_literal *l, enum value_type type)
{
	static const char *const forms[] = {[FORM_TEXT] = "text",
	    [FORM_NUMBER] = "a number",
	    [FORM_BOOL] = "true or false",
	    [FORM_TIME] = "a date or time"};
	size_t n = l->text.n < SHOWN_MAX ? l->text.n : SHOWN_MAX;
	const char *quote = l->quoted ? "\"" : "";
	buf_printf(why, "%s%.*s%s ", quote, (int)n, l->text.p, quote);
	if (type == VALUE_TIMESTAMP && l->no_instant) {
		buf_put_text(why, l->no_instant);
		return;
	}
	buf_printf(why, "is %s",
	    l->quoted && predicate_literal_form(l) == FORM_TEXT ? "text"
								: forms[predicate_literal_form(l)]);
}

/* The next step after a literal that does not fit. */
static void
put_remedy(struct buf *why, const struct predicate_literal *l, enum value_type type)
{
	enum predicate_form form = predicate_literal_form(l);
	bool times = type == VALUE_DATE || type == VALUE_DATETIME || type == VALUE_TIMESTAMP;
	if (type == VALUE_TEXT)
		buf_printf(why,
		    ": put the value in quotes to compare text, or normalize the field to %s "
		    "before",
		    form == FORM_NUMBER ? "a number"
		    : form == FORM_BOOL ? "a bool"
					: "a date or time");
	else if (type == VALUE_DATETIME && form == FORM_TIME)
		buf_put_text(why, " with an offset: a datetime is on a wall clock without a zone");
	else if (type == VALUE_DATE && form == FORM_TIME)
		buf_put_text(why, " with a time of day: a date has none");
	else if (times && form != FORM_TIME)
		buf_put_text(why, ": write it as in 2026-11-01 or 2026-11-01T13:00:00");
	else if (type == VALUE_JSON)
		buf_put_text(why, ": name a member of it, as in a.b or a.0");
}

bool
predicate_fits(const struct predicate *p, const struct predicate_test *test, enum value_type type,
    struct buf *why)
{
	if (type == VALUE_NULL || predicate_fits_type(test, type))
		return true;
	buf_printf(why, "is %s, and ", type_words(type));
	if (is_text_test(test)) {
		buf_printf(why, "\"%.*s\" is for text", (int)test->text.n, test->text.p);
		return false;
	}
	if (type == VALUE_BOOL && needs_order(test)) {
		buf_printf(
		    why, "\"%.*s\" is for values with an order", (int)test->text.n, test->text.p);
		return false;
	}
	for (size_t i = 0; i < test->n; i++) {
		const struct predicate_literal *l = &p->literals[test->first + i];
		if (l->fits & BIT(type))
			continue;
		put_literal(why, l, type);
		put_remedy(why, l, type);
		break;
	}
	return false;
}

/* Values. */

static bool
ends_at(const char *p, struct slice part)
{
	return memcmp(p, part.p, part.n) == 0;
}

static bool
contains(struct slice text, struct slice part)
{
	if (!part.n)
		return true;
	if (text.n < part.n)
		return false;
	const char *p = text.p, *last = text.p + (text.n - part.n);
	while (p <= last && (p = memchr(p, *part.p, (size_t)(last - p) + 1))) {
		if (ends_at(p, part))
			return true;
		p++;
	}
	return false;
}

bool
predicate_something(const struct value *v)
{
	struct mp_token t;
	switch (v->type) {
	case VALUE_NULL:
	case VALUE_BAD:
		return false;
	case VALUE_BOOL:
		return v->b;
	case VALUE_INT:
		return v->u != 0;
	case VALUE_FLOAT:
		return v->f < 0 || v->f > 0;
	case VALUE_DECIMAL:
		for (size_t i = 0; i < v->s.n; i++)
			if (v->s.p[i] > '0')
				return true;
		return false;
	case VALUE_TEXT:
	case VALUE_BYTES:
		return v->s.n > 0;
	case VALUE_JSON:
		return mp_read(v->s.p, v->s.p + v->s.n, &t) && t.n > 0;
	default:
		return true;
	}
}

bool
predicate_holds(const struct predicate *p, const struct predicate_test *test, const struct value *v)
{
	const struct predicate_literal *l = &p->literals[test->first];
	bool good = false;
	int place;
	switch (test->kind) {
	case PREDICATE_ORDER:
		place = predicate_place(l, v);
		if (place == PLACE_NONE)
			return false;
		good = test->places >> (place + 1) & 1;
		break;
	case PREDICATE_BETWEEN:
		place = predicate_place(&l[0], v);
		if (place == PLACE_NONE)
			return false;
		good = place >= 0 && predicate_place(&l[1], v) <= 0;
		break;
	case PREDICATE_IN:
		for (size_t i = 0; i < test->n && !good; i++) {
			place = predicate_place(&l[i], v);
			if (place == PLACE_NONE)
				return false;
			good = place == 0;
		}
		break;
	case PREDICATE_CONTAINS:
		good = contains(v->s, l->text);
		break;
	case PREDICATE_STARTS:
		good = v->s.n >= l->text.n && ends_at(v->s.p, l->text);
		break;
	case PREDICATE_ENDS:
		good = v->s.n >= l->text.n && ends_at(v->s.p + (v->s.n - l->text.n), l->text);
		break;
	case PREDICATE_MATCHES:
		good = p->match(test->pattern, v->s);
		break;
	default:
		break;
	}
	return good != test->negated;
}

enum predicate_answer
predicate_ask(
    const struct predicate *p, const struct value *values, const struct predicate_test **at)
{
	size_t i = p->start;
	while (i < PREDICATE_NO) {
		const struct predicate_test *test = &p->tests[i];
		const struct value *v = &values[test->field];
		bool yes = false;
		if (test->kind == PREDICATE_SOMETHING)
			yes = predicate_something(v) != test->negated;
		else if (test->kind == PREDICATE_MISSING)
			yes = !v->raw.p != test->negated;
		else if (test->kind == PREDICATE_NULL)
			yes = (v->type == VALUE_NULL) != test->negated;
		else if (v->type == VALUE_NULL)
			yes = false;
		else if (predicate_fits_type(test, v->type))
			yes = predicate_holds(p, test, v);
		else {
			*at = test;
			return PREDICATE_MISFIT;
		}
		i = yes ? test->yes : test->no;
	}
	return i == PREDICATE_YES ? PREDICATE_TRUE : PREDICATE_FALSE;
}
