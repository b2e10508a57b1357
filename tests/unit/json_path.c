/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/record/json_path.h"
#include "tests/unit/unit.h"

/* The steps, each in brackets; or the fault. */
static void
check_with(
    const char *(*parse)(struct json_path *, struct slice), const char *text, const char *expected)
{
	struct json_path path = {0};
	struct buf b = {0};
	const char *wrong = parse(&path, slice_of(text));
	if (wrong)
		buf_put_text(&b, wrong);
	for (size_t i = 0; !wrong && i < path.n; i++) {
		const struct json_step *s = &path.steps[i];
		if (s->each)
			buf_put_text(&b, "*|");
		else if (s->members)
			buf_printf(&b, "{%.*s}|", (int)s->name.n, s->name.p);
		else
			buf_printf(&b, "%.*s/%ld|", (int)s->name.n, s->name.p, s->index);
	}
	buf_put_byte(&b, '\0');
	CHECK(strcmp(b.p, expected) == 0);
	if (strcmp(b.p, expected) != 0)
		fprintf(stderr, "%s: %s, not %s\n", text, b.p, expected);
	buf_free(&b);
	json_path_free(&path);
}

static void
check(const char *text, const char *expected)
{
	check_with(json_path_parse, text, expected);
}

/* A path to records. */
static void
records(const char *text, const char *expected)
{
	check_with(json_path_parse_records, text, expected);
}

static void
check_part(void)
{
	struct json_path path = {0}, part;
	CHECK(!json_path_parse_records(&path, SLICE("a[].b{c}.d")));
	part = json_path_part(&path, 1, 4);
	CHECK(part.n == 3 && slice_is(part.steps[1].name, "b"));
	CHECK(json_step_goes_through(&part.steps[0]) && json_step_goes_through(&part.steps[2]));
	CHECK(!json_step_goes_through(&part.steps[1]));
	CHECK(!json_path_part(&path, 2, 2).n);
	json_path_free(&path);
}

int
main(void)
{
	records("data{day}", "data/-1|{day}|");
	records("{account}.rows{day}", "{account}|rows/-1|{day}|");
	records("{a}{b}[]", "{a}|{b}|*|");
	records("{\"a}\"}", "{a}}|");
	records("rval.values", "rval/-1|values/-1|");
	records("data{}", "\"{}\" needs the name of a field, as in {day}");
	records("data{day", "\"{\" without \"}\"");
	records("data{\"day}", "\"{\" without \"}\"");
	records("{day}rows", "a dot is missing");
	records("data.{day}", "a name is missing beside a dot");
	check("data{day}", "data{day}/-1|");
	check("a.{b}", "a/-1|{b}/-1|");
	check("rval.values", "rval/-1|values/-1|");
	check("[].results[]", "*|results/-1|*|");
	check("data[][]", "data/-1|*|*|");
	check("a.0.b", "a/-1|0/0|b/-1|");
	check("\"a.b\".\"c\"\"d[\"", "a.b/-1|c\"d[/-1|");
	check("\"\"", "/-1|");
	check("-1", "-1/-1|");
	check("[]", "*|");
	check("", "it is empty");
	check("a.", "a name is missing beside a dot");
	check(".a", "a name is missing beside a dot");
	check("a..b", "a name is missing beside a dot");
	check("a.[]", "a name is missing beside a dot");
	check("[]a", "a dot is missing");
	check("\"a\"b", "a dot is missing");
	check("\"a", "a closing quote is missing");
	check("a[", "\"[\" without \"]\"");
	check("a[0]", "\"[\" without \"]\"");
	check("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p",
	    "a/-1|b/-1|c/-1|d/-1|e/-1|f/-1|g/-1|h/-1|i/-1|j/-1|k/-1|l/-1|m/-1|"
	    "n/-1|o/-1|p/-1|");
	check("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", "more than 16 steps");
	check_part();
	return unit_done("json_path");
}
