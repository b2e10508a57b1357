/* SPDX-License-Identifier: MIT */
/* Whether numbers are ints or decimals, and in which spelling. What may be either stays text. */
#include <inttypes.h>

#include "common/program/message.h"
#include "stages/infer/verdict.h"

static const struct evidence *
fact(const struct node *node, enum number_fact f)
{
	return &node->numbers.facts[f];
}

static uint64_t
has(const struct node *node, enum number_fact f)
{
	return node->numbers.facts[f].n;
}

static void
be_text(struct verdict *v)
{
	v->type = VALUE_TEXT;
	v->with_nulls = false;
	buf_reset(&v->rules);
}

static bool
name_contains(const struct node *node, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= node->name.n; i++)
		if (slice_equal_caseless(
			(struct slice){node->name.p + i, n}, (struct slice){word, n}))
			return true;
	return false;
}

/* ¥, ￥ and 円 are the same money. */
static bool
is_yen(struct slice unit)
{
	return slice_is(unit, "¥") || slice_is(unit, "￥") || slice_is(unit, "円");
}

/* Reasons that have nothing to do with point and comma. */
static void
doubt_spelling(struct verdict *v, const struct node *node)
{
	const struct numbers *n = &node->numbers;
	struct buf *why = &v->reason;
	bool one_unit = n->n_units < 2;
	for (size_t i = 0; i < n->n_units && !one_unit; i++) {
		one_unit = i + 1 == n->n_units && is_yen(n->units[i]);
		if (!is_yen(n->units[i]))
			break;
	}
	if (has(node, NUMBER_PERCENT) == node->texts && node->texts)
		buf_put_text(why, "percent: decimal with percent=ratio (1.59% is 0.0159) or "
				  "percent=number (1.59)");
	else if (has(node, NUMBER_PERCENT))
		buf_printf(why, "a percent sign in some, as %s",
		    evidence_text(fact(node, NUMBER_PERCENT)));
	else if (has(node, NUMBER_ZEROS))
		buf_printf(why, "zeros in front, as %s: a code loses them as a number",
		    evidence_text(fact(node, NUMBER_ZEROS)));
	else if (has(node, NUMBER_HUGE))
		buf_printf(why, "beyond the range of an int, as %s",
		    evidence_text(fact(node, NUMBER_HUGE)));
	else if (has(node, NUMBER_BIG))
		buf_printf(why, "beyond 2^53, as %s: probably an id (int would be exact)",
		    evidence_text(fact(node, NUMBER_BIG)));
	else if (has(node, NUMBER_EXPONENT))
		buf_printf(why, "a code or an exponent, as %s: decimal would read a number",
		    evidence_text(fact(node, NUMBER_EXPONENT)));
	else if (!one_unit)
		buf_printf(
		    why, "more than one unit, %s and %s", quoted(n->units[0]), quoted(n->units[1]));
	else if (has(node, NUMBER_GROUP_MIXED))
		buf_printf(why, "groups of digits separated in different ways, as %s",
		    evidence_text(fact(node, NUMBER_GROUP_MIXED)));
}

static void
contradict(struct verdict *v, const struct node *node, enum number_fact a, enum number_fact b)
{
	if (!v->reason.n)
		buf_printf(&v->reason, "point and comma contradict each other: %s, %s",
		    evidence_text(fact(node, a)), evidence_text(fact(node, b)));
}

static void
doubt_either(struct verdict *v, const struct node *node, enum number_fact f)
{
	bool comma = f == NUMBER_COMMA_EITHER;
	if (!v->reason.n)
		buf_printf(&v->reason, "a %s as decimal point or between groups, as %s: %s",
		    comma ? "comma" : "point", evidence_text(fact(node, f)),
		    comma ? "decimal;point=, or int;group=," : "decimal or int;point=,;group=.");
}

/* What the comma and the point are. Returns whether there are fractions. */
static bool
find_points(struct verdict *v, const struct node *node)
{
	static const enum number_fact rivals[][2] = {{NUMBER_COMMA, NUMBER_POINT},
	    {NUMBER_COMMA, NUMBER_GROUP_COMMA}, {NUMBER_GROUP_POINT, NUMBER_POINT},
	    {NUMBER_GROUP_POINT, NUMBER_GROUP_COMMA}, {NUMBER_GROUP_OTHER, NUMBER_GROUP_COMMA},
	    {NUMBER_GROUP_OTHER, NUMBER_GROUP_POINT}};
	const struct numbers *n = &node->numbers;
	bool other = has(node, NUMBER_GROUP_OTHER), comma = has(node, NUMBER_COMMA),
	     point = has(node, NUMBER_POINT), comma_either = has(node, NUMBER_COMMA_EITHER),
	     point_either = has(node, NUMBER_POINT_EITHER);
	for (size_t i = 0; i < sizeof rivals / sizeof rivals[0]; i++)
		if (has(node, rivals[i][0]) && has(node, rivals[i][1]))
			contradict(v, node, rivals[i][0], rivals[i][1]);
	bool comma_is_point = comma || has(node, NUMBER_GROUP_POINT);
	bool point_is_point = point || has(node, NUMBER_GROUP_COMMA);
	if (other && comma && point_either)
		contradict(v, node, NUMBER_GROUP_OTHER, NUMBER_POINT_EITHER);
	if (other && point && comma_either)
		contradict(v, node, NUMBER_GROUP_OTHER, NUMBER_COMMA_EITHER);
	if (!comma_is_point && !point_is_point && comma_either)
		doubt_either(v, node, NUMBER_COMMA_EITHER);
	if (!comma_is_point && !point_is_point && point_either)
		doubt_either(v, node, NUMBER_POINT_EITHER);
	if (v->reason.n)
		return false;
	if (other)
		buf_printf(&v->rules, ";group=\"%.*s\"", (int)n->group_bytes, n->group);
	if (comma_is_point && (has(node, NUMBER_GROUP_POINT) || point_either))
		buf_put_text(&v->rules, ";group=.");
	if (comma_is_point)
		buf_put_text(&v->rules, ";point=,");
	else if (has(node, NUMBER_GROUP_COMMA) || comma_either)
		buf_put_text(&v->rules, ";group=,");
	return comma_is_point ? comma || comma_either : point || point_either;
}

static void
put_ends(struct verdict *v, const struct node *node)
{
	static const struct {
		enum number_fact fact;
		const char *word;
	} signs[] = {{NUMBER_PARENTHESES, "parentheses"}, {NUMBER_TRAILING, "trailing"},
	    {NUMBER_MINUS, "minus"}, {NUMBER_TRIANGLE, "triangle"}};
	const char *before = ";sign=";
	if (has(node, NUMBER_FULLWIDTH))
		buf_put_text(&v->rules, ";fullwidth");
	for (size_t i = 0; i < node->numbers.n_units; i++) {
		buf_put_text(&v->rules, ";unit=");
		buf_put_slice(&v->rules, node->numbers.units[i]);
	}
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (has(node, signs[i].fact)) {
			buf_printf(&v->rules, "%s%s", before, signs[i].word);
			before = ",";
		}
}

/* Digits that are days, seconds since 1970, or millionths. */
static void
consider_meaning(struct verdict *v, const struct node *node, uint64_t all)
{
	const struct evidence *epoch = fact(node, NUMBER_EPOCH);
	if (name_contains(node, "micro")) {
		be_text(v);
		buf_put_text(&v->reason, "the name may mean millionths: decimal;micros, or int");
	} else if (has(node, NUMBER_DAY) == all) {
		v->type = VALUE_DATE;
		buf_reset(&v->rules);
		buf_put_text(&v->rules, ";format=%Y%m%d");
	} else if (has(node, NUMBER_SECOND) == all) {
		v->type = VALUE_DATETIME;
		buf_reset(&v->rules);
		buf_put_text(&v->rules, ";format=%Y%m%d%H%M%S");
	} else if (has(node, NUMBER_DAY) > all / 2) {
		buf_printf(&v->note, "%" PRIu64 " could be days in eight digits, as %s",
		    has(node, NUMBER_DAY), evidence_text(fact(node, NUMBER_DAY)));
	} else if (epoch->n == all) {
		buf_printf(&v->note, "may count from 1970, as %s: timestamp;format=%s",
		    evidence_text(epoch),
		    epoch->bytes < 11   ? "%s"
		    : epoch->bytes < 14 ? "%Q"
					: "%6Q");
	}
}

void
verdict_numbers(struct verdict *v, const struct node *node)
{
	uint64_t ints = node->types[VALUE_INT].n;
	uint64_t all = node->texts + ints;
	bool fractions = node->types[VALUE_FLOAT].n || node->types[VALUE_DECIMAL].n ||
			 has(node, NUMBER_FRACTION);
	doubt_spelling(v, node);
	fractions |= find_points(v, node);
	if (v->reason.n) {
		be_text(v);
		return;
	}
	put_ends(v, node);
	v->type = fractions ? VALUE_DECIMAL : VALUE_INT;
	if (fractions)
		return;
	if (!has(node, NUMBER_NOT_BIT) && node->texts) {
		be_text(v);
		buf_put_text(&v->reason, "only 0 and 1: bool;map=1:true,0:false, or int");
	} else if (!has(node, NUMBER_NOT_BIT)) {
		buf_put_text(&v->note, "only 0 and 1: bool;map=1:true,0:false is possible");
	} else {
		consider_meaning(v, node, all);
	}
}
