/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are an expression, a definition. The lint reads every definition that can be read; an
 * edit that changes nothing gives the same bytes; text without expressions expands to itself.
 */
#include "common/datapipeline/lint.h"
#include "common/datapipeline/resolve.h"
#include "common/datapipeline/types.h"
#include "tests/fuzz/fuzz.h"

static void
count(void *context, const struct dp_finding *finding)
{
	size_t *n = context;
	HOLDS(finding->text && finding->rule);
	++*n;
}

static void
read_definition(struct slice text)
{
	struct dp_definition d;
	struct json_error error;
	size_t n = 0;
	if (!dp_read(&d, text, &error)) {
		struct dp_lint lint = {.d = &d, .report = count, .context = &n};
		struct buf same = {0};
		dp_lint(&lint);
		HOLDS(n == lint.errors + lint.warnings);
		dp_edit_msgpack(&same, &d, NULL, 0);
		HOLDS(slice_equal(buf_slice(&same), buf_slice(&d.mp)));
		buf_free(&same);
		if (d.values_n && d.values->kind == DP_VALUE_TEXT) {
			struct dp_edit edit = {d.values->at, d.values->value};
			struct dp_definition again;
			HOLDS(dp_edit_json(&same, text, &d, &edit, 1));
			HOLDS(!dp_read(&again, buf_slice(&same), &error));
			HOLDS(slice_equal(buf_slice(&again.mp), buf_slice(&d.mp)));
			dp_free(&again);
			buf_free(&same);
		}
	}
	dp_free(&d);
}

static void
expand(struct slice text)
{
	static const char definition[] =
	    "{\"objects\":[{\"id\":\"A\",\"a\":\"1\",\"t\":\"2026-01-31T00:00:00\"}]}";
	struct dp_definition d;
	struct json_error error;
	struct buf out = {0};
	struct dp_faults faults = {0};
	int64_t seconds;
	HOLDS(!dp_read(&d, SLICE(definition), &error));
	struct dp_run run = {.d = &d, .object = d.objects, .has_times = true};
	bool good = dp_run_expand(&run, &out, text, &faults);
	HOLDS(good == !faults.failed);
	if (!dp_has_expression(text))
		HOLDS(slice_equal(buf_slice(&out), text));
	(void)dp_period(text, &seconds);
	buf_free(&out);
	dp_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice text = {(const char *)data, n};
	read_definition(text);
	expand(text);
	return 0;
}
