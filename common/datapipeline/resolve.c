/* SPDX-License-Identifier: MIT */
#include "common/datapipeline/resolve.h"
#include "common/datapipeline/types.h"

enum {
	FIELDS_DEEP = 8,       /* expressions in fields that expressions name */
	EXPANSIONS_MAX = 1000, /* of fields in one text */
	TEXT_MAX = 65536,      /* bytes of a field that is expanded in another */
};

static const char *const runtime[] = {"@scheduledStartTime", "@scheduledEndTime",
    "@actualStartTime", "@actualEndTime", "@finishedTime", "@latestRunTime", "@nextRunTime",
    "@latestCompletedRunTime", "@lastDeactivatedTime", "@healthStatusUpdatedTime",
    "@firstActivationTime", "reportProgressTime", "@status", "@healthStatus",
    "@healthStatusFromInstanceId", "@failureReason", "@cascadeFailedOn", "@waitingOn",
    "@activeInstances", "@pipelineId", "@sphere", "@error", "@version", "@id", "@resourceStatus",
    "@headAttempt", "@componentParent", "errorId", "errorMessage", "errorStackTrace", "hostname",
    "attemptStatus", "cancellationReason", "emrStepLog", "hadoopJobLog"};

bool
dp_is_runtime_field(struct slice name)
{
	for (size_t i = 0; i < sizeof runtime / sizeof *runtime; i++)
		if (slice_is(name, runtime[i]))
			return true;
	return false;
}

static bool
ends_with(struct slice text, const char *end)
{
	size_t n = strlen(end);
	return text.n >= n && memcmp(text.p + text.n - n, end, n) == 0;
}

/* A field that only a run has: its kind, and its value where it is known beforehand. */
static bool
runtime_field(const struct dp_run *run, const struct dp_object *object, struct slice name,
    struct dp_term *term)
{
	if (slice_is(name, "@id") && object) {
		dp_term_set(term, object->id);
		return true;
	}
	if (!dp_is_runtime_field(name))
		return false;
	term->kind = ends_with(name, "Time") ? DP_TIME : DP_STRING;
	bool start = slice_is(name, "@scheduledStartTime"),
	     end = slice_is(name, "@scheduledEndTime");
	if (run->has_times && (start || end)) {
		term->known = true;
		term->number = start ? run->start : run->end;
	}
	if (slice_is(name, "@pipelineId") && run->pipeline_id.n)
		dp_term_set(term, run->pipeline_id);
	return true;
}

/* The value of a field, whose own expressions are expanded. */
static bool
set_value(struct dp_run *run, const struct dp_object *object, const struct dp_field *f, bool list,
    struct dp_term *term, const char **why)
{
	struct dp_run inner = *run;
	struct dp_faults faults = {0};
	struct buf text = {0};
	term->kind = list ? DP_LIST : DP_STRING;
	if (list || f->kind == DP_VALUE_OTHER)
		return true;
	if (f->kind == DP_VALUE_REF) {
		dp_term_set(term, f->value);
		return true;
	}
	if (run->depth == FIELDS_DEEP || run->spent == EXPANSIONS_MAX) {
		run->loops = true;
		*why = run->depth == FIELDS_DEEP ? "leads through expressions back to itself"
						 : "leads through expressions to too many others";
		return false;
	}
	text.max = TEXT_MAX;
	inner.depth++;
	inner.spent++;
	inner.object = object;
	bool good = dp_run_expand(&inner, &text, f->value, &faults);
	run->spent = inner.spent;
	run->loops |= inner.loops;
	if (good && !text.failed && !dp_has_expression(buf_slice(&text)))
		dp_term_set(term, buf_slice(&text));
	buf_free(&text);
	if (run->loops)
		*why = "leads through expressions back to itself";
	else if (!good)
		*why = "has a value whose expression is wrong";
	return good && !run->loops;
}

/* How many values a parameter is given. */
static size_t
count_values(const struct dp_definition *d, struct slice name)
{
	size_t n = 0;
	for (size_t i = 0; i < d->values_n; i++)
		n += slice_equal(d->values[i].key, name);
	return n;
}

static bool
field_of(struct dp_run *run, const struct dp_object *object, struct slice name,
    struct dp_term *term, const char **why)
{
	char starred[512] = "*", *key = starred + 1;
	const struct dp_object *owner;
	if (runtime_field(run, object, name, term))
		return true;
	if (name.n + 1 >= sizeof starred)
		return false;
	memcpy(key, name.p, name.n);
	key[name.n] = '\0';
	if (object && (slice_is(name, "id") || slice_is(name, "name") || slice_is(name, "type"))) {
		dp_term_set(term, slice_is(name, "type")                     ? object->type
				  : slice_is(name, "name") && object->name.n ? object->name
									     : object->id);
		return true;
	}
	const struct dp_field *f = object ? dp_field(run->d, object, key, &owner) : NULL;
	/* An encrypted field, named without its star. */
	if (!f && object)
		f = dp_field(run->d, object, starred, &owner);
	if (f)
		return set_value(run, object, f, dp_next_value(owner, f) != NULL, term, why);
	f = dp_parameter(run->d, name);
	if (f) {
		bool list = count_values(run->d, name) > 1;
		return set_value(run, object, f, list, term, why);
	}
	if (dp_parameter_object(run->d, name)) {
		term->kind = DP_STRING; /* declared, and without a value */
		return true;
	}
	return false;
}

static bool
takes_node(const struct dp_object *object)
{
	enum dp_class class = dp_class_of(object->type);
	return class == DP_ACTION || class == DP_PRECONDITION;
}

bool
dp_run_lookup(void *context, struct slice name, struct dp_term *term, const char **why)
{
	struct dp_run *run = context;
	const struct dp_object *object = run->object;
	for (bool first = true;; first = false) {
		const char *point = memchr(name.p, '.', name.n);
		if (!point)
			return field_of(run, object, name, term, why);
		struct slice word = {name.p, (size_t)(point - name.p)};
		name.n -= word.n + 1;
		name.p += word.n + 1;
		if (!word.n || !name.n)
			return false;
		if (first && slice_is(word, "node")) {
			if (!takes_node(object)) {
				*why = "can be used in an SnsAlarm or a precondition only";
				return false;
			}
			object = run->node;
			if (!object) { /* any object may be the one */
				term->kind = ends_with(name, "Time") ? DP_TIME : DP_ANY;
				return true;
			}
			continue;
		}
		char key[512];
		if (word.n >= sizeof key)
			return false;
		memcpy(key, word.p, word.n);
		key[word.n] = '\0';
		/* "#{parent.@id}" is, in Data Pipeline, the object itself where it has no parent. */
		bool parent = slice_is(word, "parent");
		const struct dp_field *f = dp_field(run->d, object, key, NULL);
		if (!f && parent)
			continue;
		if (!f || f->kind != DP_VALUE_REF) {
			*why = "begins with a word that is not a reference field of the object";
			return false;
		}
		object = dp_object(run->d, f->value);
		if (!object) {
			*why = "leads to an object that is not there";
			return false;
		}
	}
}

bool
dp_run_expand(struct dp_run *run, struct buf *out, struct slice text, struct dp_faults *faults)
{
	struct dp_scope scope = {dp_run_lookup, run};
	return dp_expand(out, text, &scope, faults);
}
