/* SPDX-License-Identifier: MIT */
#include "common/record/record.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

static void
test_schema(void)
{
	struct schema s = {0}, read = {0};
	CHECK(!schema_add(&s, SLICE("day"), VALUE_DATE));
	CHECK(!schema_add(&s, SLICE("費用"), VALUE_DECIMAL));
	CHECK(schema_add(&s, SLICE("day"), VALUE_TEXT) != NULL);
	CHECK(schema_add(&s, SLICE("x"), VALUE_NULL) != NULL);
	CHECK(schema_add(&s, SLICE("\xff"), VALUE_TEXT) != NULL);
	struct buf item = {0};
	schema_write(&s, &item);
	struct mp_token t;
	CHECK(mp_read(item.p, item.p + item.n, &t) == item.p + item.n && t.ext == 17);
	CHECK(!schema_read(&read, (struct slice){t.p, t.n}));
	CHECK(schema_equal(&s, &read));
	CHECK(schema_find(&read, SLICE("費用")) == 1 && schema_find(&read, SLICE("no")) == -1);
	for (size_t cut = 0; cut < t.n; cut++)
		CHECK(schema_read(&read, (struct slice){t.p, cut}) != NULL);
	schema_free(&s);
	schema_free(&read);
	buf_free(&item);
}

static void
put_pair(struct buf *b, const char *name, int64_t i)
{
	mp_buf_str(b, slice_of(name));
	mp_buf_int(b, i);
}

static void
test_maps(void)
{
	struct buf b = {0};
	struct record r = {0};
	mp_buf_map(&b, 2);
	put_pair(&b, "a", 1);
	put_pair(&b, "b", -7);
	CHECK(record_read(&r, NULL, buf_slice(&b), true) && r.n == 2);
	CHECK(record_find(&r, SLICE("b"), 0) == 1 && record_find(&r, SLICE("b"), 1) == 1);
	CHECK(record_find(&r, SLICE("c"), 0) == -1 && r.cells[1].value.i == -7);
	struct buf again = {0};
	record_write_map(&r, &again);
	CHECK(slice_equal(buf_slice(&b), buf_slice(&again)));

	buf_reset(&b);
	mp_buf_map(&b, 2);
	put_pair(&b, "a", 1);
	put_pair(&b, "a", 2);
	CHECK(record_read(&r, NULL, buf_slice(&b), false));
	CHECK(!record_read(&r, NULL, buf_slice(&b), true) && slice_is(r.at, "a"));

	buf_reset(&b);
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("a"));
	mp_buf_ext(&b, 99, SLICE("?"));
	CHECK(!record_read(&r, NULL, buf_slice(&b), false) && slice_is(r.at, "a"));
	buf_free(&b);
	buf_free(&again);
	record_free(&r);
}

static void
test_arrays(void)
{
	struct schema s = {0};
	schema_add(&s, SLICE("n"), VALUE_INT);
	schema_add(&s, SLICE("t"), VALUE_TEXT);
	struct buf b = {0};
	struct record r = {0};
	mp_buf_array(&b, 2);
	mp_buf_nil(&b);
	mp_buf_str(&b, SLICE("x"));
	CHECK(record_read(&r, &s, buf_slice(&b), false));
	CHECK(r.cells[0].value.type == VALUE_NULL && slice_is(r.cells[1].value.s, "x"));
	CHECK(!record_read(&r, NULL, buf_slice(&b), false));

	buf_reset(&b);
	mp_buf_array(&b, 2);
	mp_buf_str(&b, SLICE("1"));
	mp_buf_str(&b, SLICE("x"));
	CHECK(!record_read(&r, &s, buf_slice(&b), false) && slice_is(r.at, "n"));

	buf_reset(&b);
	mp_buf_array(&b, 1);
	mp_buf_int(&b, 1);
	CHECK(!record_read(&r, &s, buf_slice(&b), false));
	buf_free(&b);
	record_free(&r);
	schema_free(&s);
}

/* {"a": {"b": [10, {"c.d": 11}]}, "a.b": 12} */
static void
test_paths(void)
{
	struct buf b = {0};
	mp_buf_map(&b, 2);
	mp_buf_str(&b, SLICE("a"));
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("b"));
	mp_buf_array(&b, 2);
	mp_buf_int(&b, 10);
	mp_buf_map(&b, 1);
	put_pair(&b, "c.d", 11);
	put_pair(&b, "a.b", 12);
	struct record r = {0};
	struct value v;
	CHECK(record_read(&r, NULL, buf_slice(&b), true));
	CHECK(record_get_path(&r, SLICE("a.b.0"), &v) && v.i == 10);
	CHECK(record_get_path(&r, SLICE("a.b.1.c.d"), &v) && v.i == 11);
	CHECK(record_get_path(&r, SLICE("a.b"), &v) && v.i == 12);
	CHECK(!record_get_path(&r, SLICE("a.b.2"), &v));
	CHECK(!record_get_path(&r, SLICE("a.b.0.x"), &v));
	CHECK(!record_get_path(&r, SLICE("a.x"), &v));
	CHECK(!record_get_path(&r, SLICE(""), &v));
	buf_free(&b);
	record_free(&r);
}

static void
check_same(const struct value *v)
{
	struct buf b = {0};
	value_put(&b, v);
	struct value read;
	CHECK(!b.failed && value_read(b.p, b.p + b.n, &read) == b.p + b.n);
	CHECK(read.type == v->type);
	if (v->type == VALUE_TIMESTAMP) {
		CHECK(read.at.seconds == v->at.seconds);
		CHECK(read.at.nanoseconds == v->at.nanoseconds);
	} else {
		CHECK(read.i == v->i);
	}
	buf_free(&b);
}

static void
test_values(void)
{
	static const int64_t seconds[] = {0, -1, UINT32_MAX, (int64_t)UINT32_MAX + 1,
	    ((int64_t)1 << 34) - 1, (int64_t)1 << 34, -62135596800, 253402300799};
	for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		check_same(&(struct value){.type = VALUE_TIMESTAMP, .at = {seconds[i], 0}});
		check_same(&(struct value){.type = VALUE_TIMESTAMP, .at = {seconds[i], 999999999}});
	}
	check_same(&(struct value){.type = VALUE_DATE, .i = -719162});
	check_same(&(struct value){.type = VALUE_DATETIME, .i = INT64_MIN});
	CHECK(value_decimal_valid(SLICE("-0.10")) && value_decimal_valid(SLICE("12")));
	CHECK(!value_decimal_valid(SLICE("")) && !value_decimal_valid(SLICE("-")));
	CHECK(!value_decimal_valid(SLICE(".5")) && !value_decimal_valid(SLICE("5.")));
	CHECK(!value_decimal_valid(SLICE("1.2.3")) && !value_decimal_valid(SLICE("+1")));
	CHECK(value_type_named(SLICE("datetime")) == VALUE_DATETIME);
	CHECK(value_type_named(SLICE("null")) == VALUE_BAD);
}

int
main(void)
{
	test_schema();
	test_maps();
	test_arrays();
	test_paths();
	test_values();
	return unit_done("record");
}
