/* SPDX-License-Identifier: MIT */
#include "common/record/mp_path.h"
#include "common/json/json_read.h"
#include "common/json/json_write.h"
#include "tests/unit/unit.h"

static const struct json_style style = {0};

static struct buf
from_json(const char *text)
{
	struct buf b = {0};
	struct json_error error;
	CHECK(json_to_msgpack(slice_of(text), JSON_DUPLICATES_ERROR, &b, &error));
	return b;
}

static bool
equal(struct buf *got, const char *expected)
{
	bool good = slice_is(buf_slice(got), expected);
	if (!good)
		fprintf(stderr, "got %.*s, not %s\n", (int)got->n, got->p, expected);
	buf_free(got);
	return good;
}

/*
 * The values that the path leads to, a space after each, then "found" and
 * "strange" where they hold.
 */
static bool
walks(const char *json, const char *path_text, const char *expected)
{
	struct buf value = from_json(json), got = {0};
	struct json_path path = {0};
	struct mp_walk w;
	struct slice one;
	CHECK(!json_path_parse_records(&path, slice_of(path_text)));
	mp_walk_start(&w, buf_slice(&value), &path);
	while (mp_walk_next(&w, &one)) {
		json_write(&got, one, &style);
		buf_put_byte(&got, ' ');
	}
	CHECK(!mp_walk_next(&w, &one));
	buf_put_text(&got, w.found ? "found" : "");
	buf_put_text(&got, w.strange ? "strange" : "");
	buf_free(&value);
	json_path_free(&path);
	return equal(&got, expected);
}

static void
test_walk(void)
{
	CHECK(walks("{\"a\":{\"b\":7}}", "a.b", "7 found"));
	CHECK(walks("{\"a\":{\"b\":7}}", "a", "{\"b\":7} found"));
	CHECK(walks("{\"a\":{\"b\":7}}", "a.c", ""));
	CHECK(walks("{\"a\":{\"b\":7}}", "c.b", ""));
	CHECK(walks("{\"a\":[1,2,3]}", "a", "[1,2,3] found"));
	CHECK(walks("{\"a\":[1,2,3]}", "a[]", "1 2 3 found"));
	CHECK(walks("{\"a\":[1,2,3]}", "a.1", "2 found"));
	CHECK(walks("{\"a\":[1,2,3]}", "a.3", ""));
	CHECK(walks("{\"a\":[]}", "a[]", "found"));
	CHECK(walks("{\"a\":[]}", "a[].b", "found"));
	CHECK(walks("[{\"r\":[1,2]},{\"r\":[]},{\"r\":[3]}]", "[].r[]", "1 2 3 found"));
	CHECK(walks("[[1,[2]],[],[3]]", "[][]", "1 [2] 3 found"));
	/* One batch without results: the others have some. */
	CHECK(walks("[{\"r\":[1]},{\"x\":0},{\"r\":[3]}]", "[].r[]", "1 3 found"));
	CHECK(walks("[{\"x\":0}]", "[].r[]", ""));
	/* null on the way is nothing, and no trouble; at the end it is a value. */
	CHECK(walks("{\"a\":null}", "a.b.c", "found"));
	CHECK(walks("{\"a\":null}", "a[]", "found"));
	CHECK(walks("{\"a\":null}", "a", "null found"));
	CHECK(walks("[null,{\"b\":1}]", "[].b", "1 found"));
	CHECK(walks("{\"a\":\"text\"}", "a.b", "strange"));
	CHECK(walks("{\"a\":{}}", "a[]", "strange"));
	CHECK(walks("{\"a\":[1]}", "a.b", "strange"));
	CHECK(walks("7", "a", "strange"));
	CHECK(walks("{\"0\":5}", "0", "5 found"));
	CHECK(walks("{\"7\":[{\"m\":1},{\"m\":2}],\"8\":[{\"m\":3}]}", "{id}[].m", "1 2 3 found"));
	CHECK(walks("{\"a\":{\"x\":1,\"y\":{}}}", "a{k}", "1 {} found"));
	CHECK(walks("{\"a\":{}}", "a{k}.b", "found"));
	CHECK(walks("{\"a\":[1]}", "a{k}", "strange"));
	CHECK(walks("[18446744073709551615]", "[]", "18446744073709551615 found"));

	struct buf value = from_json("[1]");
	struct mp_walk w;
	struct slice one;
	mp_walk_start(&w, buf_slice(&value), NULL);
	CHECK(mp_walk_next(&w, &one) && slice_equal(one, buf_slice(&value)));
	CHECK(!mp_walk_next(&w, &one));
	buf_free(&value);
}

static bool
sets(const char *json, const char *path_text, const char *expected)
{
	struct buf root = from_json(json), set = {0}, got = {0}, new = from_json("[9]");
	struct json_path path = {0};
	CHECK(!json_path_parse(&path, slice_of(path_text)));
	const char *wrong = mp_path_set(&set, buf_slice(&root), &path, buf_slice(&new));
	if (wrong)
		buf_put_text(&got, "error");
	else
		CHECK(!json_write(&got, buf_slice(&set), &style));
	buf_free(&root);
	buf_free(&set);
	buf_free(&new);
	json_path_free(&path);
	return equal(&got, expected);
}

static void
test_set(void)
{
	CHECK(sets("{\"a\":1,\"b\":2}", "a", "{\"a\":[9],\"b\":2}"));
	CHECK(sets("{\"a\":1,\"b\":{\"c\":{}}}", "b.c", "{\"a\":1,\"b\":{\"c\":[9]}}"));
	CHECK(sets("{}", "a", "{\"a\":[9]}"));
	CHECK(sets("{\"b\":{\"d\":1},\"e\":2}", "b.c", "{\"b\":{\"c\":[9],\"d\":1},\"e\":2}"));
	CHECK(sets("{\"b\":0}", "s.p.o", "{\"s\":{\"p\":{\"o\":[9]}},\"b\":0}"));
	CHECK(sets("{\"a\":[1,{\"b\":2}]}", "a.1.b", "{\"a\":[1,{\"b\":[9]}]}"));
	CHECK(sets("{\"a\":[1,2]}", "a.0", "{\"a\":[[9],2]}"));
	CHECK(sets("[{\"a\":1}]", "0.a", "[{\"a\":[9]}]"));
	CHECK(sets("{\"a\":[1,2]}", "a.2", "error"));
	CHECK(sets("{\"a\":[1,2]}", "a.b", "error"));
	CHECK(sets("{\"a\":[1,2]}", "a[]", "error"));
	CHECK(sets("{\"a\":1}", "a.b", "error"));
	CHECK(sets("{\"a\":null}", "a.b", "error"));
	CHECK(sets("7", "a", "error"));
	/* The head of a map grows at 15 to 16 members. */
	CHECK(sets("{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"a\":"
		   "1,\"b\":1,\"c\":1,"
		   "\"d\":1,\"e\":1,\"f\":1}",
	    "g",
	    "{\"g\":[9],\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,"
	    "\"a\":1,\"b\":1,\"c\":1,"
	    "\"d\":1,\"e\":1,\"f\":1}"));
}

static void
test_something(void)
{
	static const char *const nothing[] = {
	    "null", "false", "0", "-0.0", "0.0", "\"\"", "[]", "{}", NULL};
	static const char *const something[] = {"true", "1", "-1", "0.5", "-0.5", "\"0\"", "\" \"",
	    "[null]", "{\"a\":null}", "18446744073709551615", "0.1000000000000000000001", NULL};
	for (size_t i = 0; nothing[i]; i++) {
		struct buf b = from_json(nothing[i]);
		CHECK(!mp_is_something(buf_slice(&b)));
		buf_free(&b);
	}
	for (size_t i = 0; something[i]; i++) {
		struct buf b = from_json(something[i]);
		CHECK(mp_is_something(buf_slice(&b)));
		buf_free(&b);
	}
}

static void
test_member(void)
{
	struct buf b = from_json("{\"a\":7,\"b\":\"x\",\"\":null}");
	struct mp_token t;
	CHECK(mp_member(buf_slice(&b), "a", &t) && t.type == MP_INT && t.i == 7);
	CHECK(mp_member(buf_slice(&b), "b", &t) && t.type == MP_STR && t.n == 1);
	CHECK(mp_member(buf_slice(&b), "", &t) && t.type == MP_NIL);
	CHECK(!mp_member(buf_slice(&b), "c", &t));
	struct slice text = mp_member_text(buf_slice(&b), "b"),
		     none = mp_member_text(buf_slice(&b), "a");
	CHECK(slice_is(text, "x") && none.p && none.n == 0);
	struct slice value = mp_member_value(buf_slice(&b), "a");
	CHECK(value.n == 1 && *value.p == 7 && !mp_member_value(buf_slice(&b), "c").n);
	buf_free(&b);
	b = from_json("[\"a\",7]");
	CHECK(!mp_member(buf_slice(&b), "a", &t));
	CHECK(!mp_member((struct slice){0}, "a", &t));
	buf_free(&b);
}

static bool
explains(const char *json, const char *path_text, const char *expected)
{
	struct buf value = from_json(json), got = {0};
	struct json_path path = {0};
	CHECK(!json_path_parse(&path, slice_of(path_text)));
	mp_path_explain(&got, buf_slice(&value), &path);
	buf_free(&value);
	json_path_free(&path);
	return equal(&got, expected);
}

static void
test_explain(void)
{
	CHECK(explains("{\"data\":1,\"meta\":2}", "datas",
	    "the answer has no \"datas\" but \"data\", \"meta\""));
	CHECK(explains("{\"a\":{\"b\":[{\"x\":1}]}}", "a.b[].y", "a.b[] has no \"y\" but \"x\""));
	CHECK(explains("{\"a\":{}}", "a.b", "a has no \"b\", nor anything else"));
	CHECK(explains("{\"a\":\"x\"}", "a.b", "a is a text, not an object"));
	CHECK(explains("{\"a\":7}", "a[]", "a is a number, not an array"));
	CHECK(explains("{\"a\":{}}", "a[]", "a is an object, not an array"));
	CHECK(explains("[1]", "a", "the answer is an array, not an object"));
	CHECK(explains("[true]", "[].a", "[] is true or false, not an object"));
	CHECK(explains("[1,2]", "3", "the answer has 2 elements"));
	CHECK(explains("[[null]]", "[][].a", "[][] is null, not an object"));
	CHECK(explains("[0.5]", "0.a", "0 is a number, not an object"));
	CHECK(explains("{\"a\":1}", "a", ""));
	CHECK(explains("{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
		       "\"10\":0,\"11\":0,\"12\":0,\"13\":0,\"14\":0}",
	    "x",
	    "the answer has no \"x\" but \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", "
	    "\"9\", \"10\", \"11\", \"12\" and 2 more"));
}

static bool
drops(const char *json, const char *path_text, const char *expected)
{
	struct buf value = from_json(json), without = {0}, got = {0};
	struct json_path path = {0};
	CHECK(!json_path_parse(&path, slice_of(path_text)));
	mp_path_drop(&without, buf_slice(&value), &path);
	json_write(&got, buf_slice(&without), &style);
	buf_free(&value);
	buf_free(&without);
	json_path_free(&path);
	return equal(&got, expected);
}

static void
test_drop(void)
{
	CHECK(drops("{\"a\":1,\"b\":2,\"c\":3}", "a", "{\"b\":2,\"c\":3}"));
	CHECK(drops("{\"a\":1,\"b\":2,\"c\":3}", "b", "{\"a\":1,\"c\":3}"));
	CHECK(drops("{\"a\":1,\"b\":2,\"c\":3}", "c", "{\"a\":1,\"b\":2}"));
	CHECK(drops("{\"a\":1}", "b", "{\"a\":1}"));
	CHECK(drops("{\"a\":{\"b\":[1]},\"c\":{\"b\":2}}", "a.b", "{\"a\":{},\"c\":{\"b\":2}}"));
	CHECK(drops("{\"a\":[1,{\"x\":2,\"y\":3}]}", "a.1.x", "{\"a\":[1,{\"y\":3}]}"));
	CHECK(drops("{\"a\":[1,2,3]}", "a.1", "{\"a\":[1,3]}"));
	CHECK(drops("{\"a\":[1,2,3]}", "a.3", "{\"a\":[1,2,3]}"));
	CHECK(drops("{\"a\":null}", "a.b", "{\"a\":null}"));
	CHECK(drops("{\"a\":[1]}", "a[]", "{\"a\":[1]}"));
}

int
main(void)
{
	test_explain();
	test_member();
	test_walk();
	test_set();
	test_something();
	test_drop();
	return unit_done("mp_path");
}
