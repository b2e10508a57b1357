/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/program/message.h"
#include "stages/infer/verdict.h"

static bool
is_number(enum value_type type)
{
	return type == VALUE_INT || type == VALUE_FLOAT || type == VALUE_DECIMAL;
}

/* Values of other types than these two, or numbers if `numbers`. */
static uint64_t
others(const struct node *node, enum value_type a, bool numbers)
{
	uint64_t n = 0;
	for (enum value_type type = VALUE_BOOL; type < VALUE_BAD; type++)
		if (type != a && type != VALUE_TEXT && !(numbers && is_number(type)))
			n += node->types[type].n;
	return n;
}

static void
be_text(struct verdict *v, const char *reason)
{
	v->type = VALUE_TEXT;
	buf_put_text(&v->reason, reason);
}

/* 'int in record 1 "5", text in record 7 "x"' */
static void
list_types(struct verdict *v, const struct node *node)
{
	const char *before = "values of several types: ";
	for (enum value_type type = VALUE_BOOL; type < VALUE_BAD; type++) {
		if (!node->types[type].n)
			continue;
		buf_printf(&v->reason, "%s%s in %s", before, value_type_name(type),
		    evidence_text(&node->types[type]));
		before = ", ";
	}
}

static void
find_object(struct verdict *v, const struct node *node)
{
	if (!node->arrays.n && !node->whole && node->n_members) {
		v->type = VALUE_NULL;
		return;
	}
	v->type = VALUE_JSON;
	if (node->arrays.n && node->arrays.n < node->types[VALUE_JSON].n)
		buf_put_text(&v->note, "arrays and objects");
	else if (node->arrays.n)
		buf_put_text(&v->note, "arrays");
	else if (node->whole)
		buf_put_text(
		    &v->note, "objects with too many names, or nested too deep, for fields");
	else
		buf_put_text(&v->note, "empty objects");
}

/* No text is a number; those that may mean null are left. */
static void
find_numbers(struct verdict *v, const struct node *node)
{
	v->with_nulls = true;
	if (node->infinite.n) {
		v->type = VALUE_FLOAT;
		buf_printf(&v->note, "a float that is infinite or not a number in record %" PRIu64,
		    node->infinite.record);
	} else if (node->types[VALUE_FLOAT].n || node->types[VALUE_DECIMAL].n) {
		v->type = VALUE_DECIMAL;
	} else {
		verdict_numbers(v, node);
	}
}

/* How many of the texts are something else than text, and the first that is not. */
static void
note_majority(struct verdict *v, const struct node *node)
{
	const struct evidence *number = &node->numbers.facts[NUMBER_ANY], *time = &node->times.any,
			      *odd = &node->other;
	const char *what = "numbers";
	uint64_t n = number->n;
	if (time->n > n) {
		what = "dates or times of one format";
		n = time->n;
		odd = number->n ? number : odd;
	} else if (!odd->n) {
		odd = time;
	}
	for (size_t i = 0; i < BOOL_WORDS && !odd->n; i++)
		odd = &node->bools[i];
	if (n && n * 2 > node->texts && odd->n)
		buf_printf(
		    &v->reason, "%" PRIu64 " are %s, but not %s", n, what, evidence_text(odd));
}

static void
find_texts(struct verdict *v, const struct node *node)
{
	static const char *const maps[BOOL_WORDS] = {
	    NULL, "yes:true,no:false", "Y:true,N:false", "on:true,off:false"};
	uint64_t texts = node->texts;
	v->type = VALUE_TEXT;
	if (node->bools[BOOL_TRUE_FALSE].n == texts && !others(node, VALUE_BOOL, false)) {
		v->type = VALUE_BOOL;
		v->with_nulls = true;
	} else if (node->numbers.facts[NUMBER_ANY].n == texts && !others(node, VALUE_NULL, true) &&
		   !node->infinite.n) {
		v->with_nulls = true;
		verdict_numbers(v, node);
	} else if (others(node, VALUE_NULL, false)) {
		/* Text does not take bytes, and bytes take text. */
		v->type = node->types[VALUE_BYTES].n ? VALUE_BYTES : VALUE_TEXT;
		list_types(v, node);
	} else if (node->times.any.n == texts) {
		struct buf format = {0};
		v->type = times_decide(&node->times, &format, &v->reason);
		v->with_nulls = v->type != VALUE_TEXT;
		if (v->with_nulls && format.n)
			buf_printf(&v->rules, ";format=%.*s", (int)format.n, format.p);
		if (v->type == VALUE_DATETIME)
			buf_put_text(&v->note, "no zone: zone= would make it a timestamp");
		buf_free(&format);
	} else {
		for (size_t i = BOOL_YES_NO; i < BOOL_WORDS; i++)
			if (node->bools[i].n == texts)
				buf_printf(&v->reason, "bool with map= is possible, such as map=%s",
				    maps[i]);
		if (!v->reason.n)
			note_majority(v, node);
	}
}

void
verdict_find(struct verdict *v, const struct node *node)
{
	enum value_type one = VALUE_NULL; /* of the types but text */
	size_t kinds = 0, numbers = 0;
	buf_reset(&v->rules);
	buf_reset(&v->reason);
	buf_reset(&v->note);
	v->with_nulls = false;
	for (enum value_type type = VALUE_BOOL; type < VALUE_BAD; type++) {
		if (!node->types[type].n || type == VALUE_TEXT)
			continue;
		kinds++;
		numbers += is_number(type);
		one = type;
	}
	uint64_t texts = node->types[VALUE_TEXT].n;
	if (!kinds && !texts) {
		v->type = node->declared;
		if (node->declared == VALUE_NULL)
			be_text(v, "only nulls");
	} else if (node->texts) {
		find_texts(v, node);
	} else if (!kinds) {
		be_text(v, "only what may mean null");
	} else if (numbers == kinds) {
		find_numbers(v, node);
	} else if (kinds > 1) {
		v->type = VALUE_TEXT;
		list_types(v, node);
	} else if (one == VALUE_JSON && !texts) {
		find_object(v, node);
	} else {
		v->type = one;
		v->with_nulls = true;
	}
}
