/* SPDX-License-Identifier: MIT */
/* The values beside a record path, which rules.beside of the JSON reader gives. */
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "tests/unit/unit.h"

/* What a path gives, with "name=" and the step before a value that is beside it. */
static bool
gives_beside(const char *text, const char *path_text, const char *expected, size_t passed)
{
	static const struct json_style style = {0};
	struct json_path path = {0};
	struct buf got = {0};
	struct slice value, name;
	size_t step;
	CHECK(!*path_text || !json_path_parse_records(&path, slice_of(path_text)));
	const struct json_rules rules = {
	    .path = &path, .single = true, .elements = true, .beside = true};
	struct json_reader *r = json_reader_new(&rules);
	json_text(r, slice_of(text));
	enum json_status status;
	while ((status = json_next(r, &value)) == JSON_VALUE) {
		if (json_beside(r, &step, &name)) {
			buf_printf(&got, "%zu:", step);
			buf_put_slice(&got, name);
			buf_put_byte(&got, '=');
		}
		json_write(&got, value, &style);
		buf_put_byte(&got, ' ');
	}
	if (status != JSON_END)
		buf_put_text(&got, json_error(r)->what);
	bool good = slice_is(buf_slice(&got), expected) && json_passed(r) == passed;
	if (!good)
		fprintf(
		    stderr, "%s: got %.*s, passed %zu\n", text, (int)got.n, got.p, json_passed(r));
	json_reader_free(r);
	json_path_free(&path);
	buf_free(&got);
	return good;
}

static void
test_beside(void)
{
	CHECK(gives_beside("{\"a\":1,\"r\":{\"b\":[2],\"v\":[3,{\"c\":4}],\"d\":null},\"e\":{}}",
	    "r.v", "0:a=1 1:b=[2] 3 {\"c\":4} 1:d=null 0:e={} ", 3));
	CHECK(gives_beside("{\"x\":0,\"v\":[{\"w\":[1]},2]}", "v[]", "0:x=0 {\"w\":[1]} 2 ", 2));
	CHECK(gives_beside("{\"x\":0,\"v\":{\"7\":1,\"8\":[2]}}", "v{id}", "0:x=0 1 2 ", 3));
	CHECK(gives_beside("[1,[2]]", "", "1 [2] ", 1));
	CHECK(gives_beside("{\"a\":1}", "", "{\"a\":1} ", 0));
	/* null where the path goes on, or nothing. */
	CHECK(gives_beside("{\"r\":null,\"z\":[[]]}", "r.v", "0:r=null 0:z=[[]] ", 1));
	CHECK(gives_beside("{\"r\":{\"v\":null}}", "r.v", "1:v=null ", 2));
	CHECK(gives_beside("{\"q\":{\"v\":[1]}}", "r.v", "0:q={\"v\":[1]} ", 1));
	CHECK(gives_beside("null", "r.v", "0:=null ", 0));
	CHECK(gives_beside("{\"r\":5}", "r.v", "the record path needs an object here", 1));
	CHECK(gives_beside("{\"a\":1,\"a\":2}", "r", "0:a=1 a repeated name in an object", 1));
	CHECK(gives_beside("{\"a\":[1,]}", "r", "a value is expected", 1));
}

int
main(void)
{
	test_beside();
	return unit_done("json_beside");
}
