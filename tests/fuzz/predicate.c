/* SPDX-License-Identifier: MIT */
/*
 * Conditions. The first byte inverts, the text up to a line feed is one condition, the next
 * line another. Whatever is read is asked of values of every type; --invert must give
 * the other answer, and a test that a value does not fit must have a reason.
 */
#include "common/record/predicate.h"
#include "tests/fuzz/fuzz.h"

static bool
never(void *pattern, struct slice text)
{
	return pattern != NULL && text.n > 0;
}

static const struct value values[] = {{.type = VALUE_NULL},
    {.type = VALUE_NULL, .raw = {"\xc0", 1}}, {.type = VALUE_BOOL, .b = true},
    {.type = VALUE_INT, .i = -5}, {.type = VALUE_INT, .huge = true, .u = UINT64_MAX},
    {.type = VALUE_FLOAT, .f = 0.1}, {.type = VALUE_DECIMAL, .s = {"-12.50", 6}},
    {.type = VALUE_DECIMAL, .s = {"123456789012345678901234567890.5", 32}},
    {.type = VALUE_TEXT, .s = {"brand", 5}}, {.type = VALUE_TEXT, .s = {"", 0}},
    {.type = VALUE_BYTES, .s = {"\0", 1}}, {.type = VALUE_DATE, .i = 20758},
    {.type = VALUE_DATETIME, .i = INT64_MAX}, {.type = VALUE_TIMESTAMP, .at = {1793491200, 5}},
    {.type = VALUE_JSON, .s = {"\x90", 1}}};

static void
ask_all(struct predicate *p, struct predicate *inverted)
{
	enum { VALUES = sizeof values / sizeof *values };
	static struct value row[4096];
	const struct predicate_test *at;
	for (size_t i = 0; i < VALUES; i++) {
		for (size_t f = 0; f < p->n_fields && f < 4096; f++) {
			row[f] = values[(i + f) % VALUES];
			if (row[f].type != VALUE_NULL)
				row[f].raw = row[f].s;
		}
		enum predicate_answer a = predicate_ask(p, row, &at);
		enum predicate_answer b = predicate_ask(inverted, row, &at);
		HOLDS((a == PREDICATE_MISFIT) == (b == PREDICATE_MISFIT));
		HOLDS(a == PREDICATE_MISFIT || a != b);
	}
	for (size_t t = 0; t < p->n; t++)
		for (enum value_type type = VALUE_NULL; type < VALUE_BAD; type++) {
			struct buf why = {0};
			HOLDS(predicate_fits(p, &p->tests[t], type, &why) == (why.n == 0));
			buf_free(&why);
		}
}

static bool
add_lines(struct predicate *p, struct slice text, bool any)
{
	struct buf why = {0};
	bool good = true;
	while (good && text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		good = predicate_add(p, (struct slice){text.p, n}, any, &why);
		HOLDS(good == (why.n == 0));
		text.p += n + (end != NULL);
		text.n -= n + (end != NULL);
	}
	buf_free(&why);
	return good && p->n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 4096)
		return 0;
	struct predicate p = {.match = never}, inverted = {.match = never};
	struct slice text = {(const char *)data + 1, size - 1};
	bool any = data[0] & 1;
	struct zone *zone = data[0] & 2 ? zone_fixed(SLICE("+09:00")) : NULL;
	p.zone = inverted.zone = zone;
	if (add_lines(&p, text, any) && add_lines(&inverted, text, any)) {
		predicate_finish(&p, false);
		predicate_finish(&inverted, true);
		ask_all(&p, &inverted);
	}
	if (zone)
		zone_free(zone);
	predicate_free(&p);
	predicate_free(&inverted);
	return 0;
}
