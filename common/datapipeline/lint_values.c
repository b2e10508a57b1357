/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/datapipeline/lint_impl.h"
#include "common/datapipeline/resolve.h"
#include "common/text/ascii.h"
#include "common/time/iso.h"

/* A string of digits with at most one point. */
static bool
is_decimal(struct slice text)
{
	size_t points = 0, digits = 0;
	for (size_t i = 0; i < text.n; i++) {
		points += text.p[i] == '.';
		digits += is_digit(text.p[i]);
	}
	return digits && points <= 1 && points + digits == text.n;
}

/* Whether the value, without regard to case, is one of "a|b|c". */
static bool
is_word_of(struct slice value, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, "|");
		if (slice_equal_caseless(value, (struct slice){words, n}))
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

static void
check_kind(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f,
    const struct dp_slot *slot, struct slice value)
{
	int64_t number;
	bool on_demand = lint_is_on_demand(lint);
	const char *words = slot->kind == 'e' ? dp_slot_words(slot->name) : NULL;
	if (slot->kind == 'p' && !dp_period(value, &number) &&
	    !(on_demand && slice_is(value, "ONDEMAND_PERIOD")))
		lint_add(lint, DP_ERROR, o, f, "period",
		    "is not a period: a number and minutes, hours, days, weeks, months or years, "
		    "as in \"2 hours\"");
	if (slot->kind == 'i' && !parse_integer(value, 0, INT32_MAX, &number))
		lint_add(lint, DP_ERROR, o, f, "number", "is not a whole number");
	if (slot->kind == 'd' && !is_decimal(value))
		lint_add(lint, DP_ERROR, o, f, "number", "is not a number");
	if (slot->kind == 'b' && !is_word_of(value, "true|false"))
		lint_add(lint, DP_ERROR, o, f, "word", "is neither true nor false");
	if (slot->kind == 't' &&
	    (value.n != 19 || !iso_read_datetime(value, &number) || value.p[10] != 'T'))
		lint_add(lint, DP_ERROR, o, f, "utc",
		    "is not a time such as 2026-11-20T21:30:00, in UTC and without a zone");
	if (words && !is_word_of(value, words))
		lint_add(lint, DP_ERROR, o, f, "word", "is not one of %s", words);
}

static void
check_reference(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f)
{
	const struct dp_object *to = dp_object(lint->d, f->value);
	unsigned wanted = dp_slot_classes(f->key);
	enum dp_class class = to ? dp_class_of(to->type) : DP_CLASS_NONE;
	if (!f->value.n)
		lint_add(lint, DP_ERROR, o, f, "reference", "is a reference to nothing");
	else if (!to)
		lint_add(
		    lint, DP_ERROR, o, f, "reference", "refers to an object that is not there");
	else if (wanted && class != DP_CLASS_NONE && !(wanted >> class & 1))
		lint_add(lint, DP_ERROR, o, f, "reference", "refers to %s, not to %s",
		    dp_class_name(class),
		    wanted & 1u << DP_ACTIVITY       ? "an activity or a data node"
		    : wanted & 1u << DP_SCHEDULE     ? dp_class_name(DP_SCHEDULE)
		    : wanted & 1u << DP_ACTION       ? dp_class_name(DP_ACTION)
		    : wanted & 1u << DP_RESOURCE     ? dp_class_name(DP_RESOURCE)
		    : wanted & 1u << DP_PRECONDITION ? dp_class_name(DP_PRECONDITION)
		    : wanted & 1u << DP_DATA_NODE    ? dp_class_name(DP_DATA_NODE)
		    : wanted & 1u << DP_DATABASE     ? dp_class_name(DP_DATABASE)
		    : wanted & 1u << DP_FORMAT       ? dp_class_name(DP_FORMAT)
						     : dp_class_name(DP_UTILITY));
}

static void
check_expressions(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f)
{
	struct dp_run run = {.d = lint->d, .object = o};
	struct dp_faults faults = {0};
	struct buf out = {0};
	dp_run_expand(&run, &out, f->value, &faults);
	for (size_t i = 0; i < faults.n; i++)
		lint_add(lint, faults.items[i].is_warning ? DP_WARNING : DP_ERROR, o, f,
		    "expression", "%s", faults.items[i].text);
	buf_free(&out);
}

static bool
contains_caseless(struct slice text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.n; i++)
		if (slice_equal_caseless((struct slice){text.p + i, n}, (struct slice){word, n}))
			return true;
	return false;
}

/* A field that the type does not have, unless it is the user's own. */
static void
check_unknown(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f,
    const struct dp_type *type)
{
	bool mine = f->key.n > 2 && memcmp(f->key.p, "my", 2) == 0;
	struct slice near = type ? dp_type_near_slot(type, f->key) : (struct slice){0};
	if (f->key.n && *f->key.p == '@')
		lint_add(lint, DP_WARNING, o, f, "field",
		    "fields with @ are the service's own, and are not part of a definition");
	else if (mine && !near.n)
		lint_add(lint, DP_ERROR, o, f, "user-field",
		    "a field of your own begins with my and a capital, or with _");
	else
		lint_add(lint, DP_ERROR, o, f, "field",
		    "is not a field of %.*s%s%.*s%s; a field of your own begins with my and a "
		    "capital, or with _",
		    type ? (int)o->type.n : 12, type ? o->type.p : "any object",
		    near.n ? ", did you mean " : "", (int)near.n, near.n ? near.p : "",
		    near.n ? "?" : "");
}

static void
check_field(struct dp_lint *lint, const struct dp_object *o, const struct dp_field *f,
    const struct dp_type *type)
{
	struct dp_slot slot;
	bool user = lint_is_user_name(f->key);
	bool known =
	    !user && (dp_type_find(type, f->key, &slot) || (!type && slice_is(f->key, "parent")));
	if (f->kind == DP_VALUE_OTHER) {
		lint_add(lint, DP_ERROR, o, f, "string",
		    "every value must be a string or a reference, numbers and true too: \"2\", "
		    "\"true\", {\"ref\": \"ID\"}");
		return;
	}
	if (!known && !user)
		check_unknown(lint, o, f, type);
	if (f->kind == DP_VALUE_REF) {
		check_reference(lint, o, f);
		if (known && slot.kind != 'r')
			lint_add(lint, DP_ERROR, o, f, "reference",
			    "is text, and the definition has a reference here");
		return;
	}
	if (!f->value.n)
		lint_add(lint, DP_ERROR, o, f, "string", "is empty");
	if (known && slot.kind == 'r') {
		lint_add(
		    lint, DP_ERROR, o, f, "reference", "must be a reference, {\"ref\": \"ID\"}");
		return;
	}
	check_expressions(lint, o, f);
	if (contains_caseless(f->key, "password") && *f->key.p != '*' && f->value.n)
		lint_add(lint, DP_WARNING, o, f, "secret",
		    "is stored and shown in the clear: a name with * in front is encrypted");
	struct buf value = {0};
	if (known && f->value.n && lint_value(lint, o, f, &value))
		check_kind(lint, o, f, &slot, buf_slice(&value));
	buf_free(&value);
}

void
lint_values(struct dp_lint *lint, const struct dp_object *o, const struct dp_type *type)
{
	/* Of a type that is not known, no field is known to be wrong. */
	bool judge = type || !o->type.n;
	for (size_t i = 0; i < o->n; i++)
		if (judge)
			check_field(lint, o, &o->fields[i], type);
		else if (o->fields[i].kind == DP_VALUE_REF)
			check_reference(lint, o, &o->fields[i]);
		else if (o->fields[i].kind == DP_VALUE_TEXT)
			check_expressions(lint, o, &o->fields[i]);
}
