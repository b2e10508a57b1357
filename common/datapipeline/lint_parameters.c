/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/lint_impl.h"
#include "common/text/ascii.h"

enum { PARAMETERS_MAX = 50 };

static bool
contains(struct slice text, struct slice word)
{
	if (!word.n)
		return false;
	for (size_t i = 0; i + word.n <= text.n; i++)
		if (memcmp(text.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

static bool
is_used(const struct dp_definition *d, struct slice name)
{
	slice_take(&name, '*');
	for (size_t i = 0; i < d->objects_n; i++)
		for (size_t j = 0; j < d->objects[i].n; j++) {
			const struct dp_field *f = &d->objects[i].fields[j];
			if (f->kind == DP_VALUE_TEXT && contains(f->value, SLICE("#{")) &&
			    contains(f->value, name))
				return true;
		}
	return false;
}

static void
check_value(struct dp_lint *lint, const struct dp_object *p, const struct dp_field *value)
{
	const struct dp_field *type = dp_own_field(p, SLICE("type"));
	struct slice kind = p->type.n ? p->type : type ? type->value : SLICE("String");
	int64_t number;
	struct slice text = value->value;
	if (slice_is(kind, "Integer") && !parse_integer(text, INT32_MIN, INT32_MAX, &number))
		lint_add(lint, DP_ERROR, p, value, "parameter", "is not a whole number");
	if (slice_is(kind, "Double")) {
		bool good = text.n > 0;
		for (size_t i = 0; i < text.n; i++)
			good &= is_digit(text.p[i]) || strchr("+-.eE", text.p[i]) != NULL;
		if (!good)
			lint_add(lint, DP_ERROR, p, value, "parameter", "is not a number");
	}
	if (slice_is(kind, "AWS::S3::ObjectKey") && (text.n < 6 || memcmp(text.p, "s3://", 5) != 0))
		lint_add(lint, DP_ERROR, p, value, "parameter", "does not begin with s3://");
	const struct dp_field *allowed = dp_own_field(p, SLICE("allowedValues"));
	bool found = !allowed;
	for (; allowed; allowed = dp_next_value(p, allowed))
		found |= slice_equal(allowed->value, text);
	if (!found)
		lint_add(lint, DP_ERROR, p, value, "parameter", "is not one of allowedValues");
}

static void
check_attribute(struct dp_lint *lint, const struct dp_object *p, const struct dp_field *f)
{
	static const char *const known[] = {"description", "optional", "allowedValues", "default",
	    "isArray", "type", "helpText", "helpLink", "watermark"};
	bool good = false, flag = slice_is(f->key, "optional") || slice_is(f->key, "isArray");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		good |= slice_is(f->key, known[i]);
	if (!good)
		lint_add(lint, DP_WARNING, p, f, "parameter", "is not an attribute of a parameter");
	if (f->kind != DP_VALUE_TEXT)
		lint_add(lint, DP_ERROR, p, f, "string", "every value must be a string");
	else if (flag && !slice_equal_caseless(f->value, SLICE("true")) &&
		 !slice_equal_caseless(f->value, SLICE("false")))
		lint_add(lint, DP_ERROR, p, f, "word", "is neither true nor false");
}

static void
check_parameter(struct dp_lint *lint, size_t i)
{
	static const char *const types[] = {"String", "Integer", "Double", "AWS::S3::ObjectKey"};
	const struct dp_definition *d = lint->d;
	const struct dp_object *p = &d->parameters[i];
	bool known = !p->type.n;
	if (!lint_is_user_name(p->id))
		lint_add(lint, DP_ERROR, p, NULL, "user-field",
		    "a parameter's id begins with my and a capital, or with _");
	for (size_t j = 0; j < i; j++)
		if (slice_equal(d->parameters[j].id, p->id))
			lint_add(lint, DP_ERROR, p, NULL, "id", "the parameter is declared twice");
	for (size_t j = 0; j < sizeof types / sizeof *types; j++)
		known |= slice_is(p->type, types[j]);
	struct dp_field type = {.key = SLICE("type"), .value = p->type};
	if (!known)
		lint_add(lint, DP_ERROR, p, &type, "parameter",
		    "is not one of String, Integer, Double and AWS::S3::ObjectKey");
	for (size_t j = 0; j < p->n; j++)
		check_attribute(lint, p, &p->fields[j]);
	const struct dp_field *value = dp_parameter(d, p->id),
			      *optional = dp_own_field(p, SLICE("optional"));
	if (value && value->kind == DP_VALUE_TEXT)
		check_value(lint, p, value);
	else if (!value && !(optional && slice_equal_caseless(optional->value, SLICE("true"))))
		lint_add(lint, DP_ERROR, p, NULL, "parameter",
		    "it has neither a value nor a default, and is not optional");
	if (!is_used(d, p->id))
		lint_add(lint, DP_WARNING, p, NULL, "unused", "no expression uses it");
}

void
lint_parameters(struct dp_lint *lint)
{
	const struct dp_definition *d = lint->d;
	if (d->parameters_n > PARAMETERS_MAX)
		lint_add(lint, DP_ERROR, NULL, NULL, "limit",
		    "the definition has %zu parameters, and %d is the limit", d->parameters_n,
		    PARAMETERS_MAX);
	for (size_t i = 0; i < d->parameters_n; i++)
		check_parameter(lint, i);
	for (size_t i = 0; i < d->values_n; i++) {
		struct dp_object value = {.id = d->values[i].key};
		if (!dp_parameter_object(d, value.id))
			lint_add(lint, DP_ERROR, &value, NULL, "parameter",
			    "a value is given for a parameter that is not declared");
		if (d->values[i].kind != DP_VALUE_TEXT)
			lint_add(
			    lint, DP_ERROR, &value, NULL, "string", "every value must be a string");
	}
}
