/* SPDX-License-Identifier: MIT */
#include "common/record/exact_type.h"
#include "common/json/json_read.h"
#include "common/json/value_text.h"
#include "tests/unit/unit.h"

/* The JSON value as that type, spelled; "no" if it cannot be. */
static bool
becomes(const char *json, enum value_type type, const char *wanted)
{
	struct buf in = {0}, out = {0}, text = {0};
	struct json_error error;
	struct value v;
	CHECK(json_to_msgpack(slice_of(json), JSON_DUPLICATES_ERROR, &in, &error));
	value_read(in.p, in.p + in.n, &v);
	if (exact_type_put(type, &v, &out)) {
		value_read(out.p, out.p + out.n, &v);
		CHECK(v.type == type || v.type == VALUE_NULL);
		value_text(&text, &v, NULL);
	} else {
		CHECK(!out.n);
		buf_put_text(&text, "no");
	}
	bool good = slice_is(buf_slice(&text), wanted);
	if (!good)
		fprintf(stderr, "%s: got %.*s, not %s\n", json, (int)text.n, text.p, wanted);
	buf_free(&in);
	buf_free(&out);
	buf_free(&text);
	return good;
}

static void
test_numbers(void)
{
	CHECK(becomes("7", VALUE_INT, "7"));
	CHECK(becomes("\"18446744073709551615\"", VALUE_INT, "18446744073709551615"));
	CHECK(becomes("\"-9223372036854775808\"", VALUE_INT, "-9223372036854775808"));
	CHECK(becomes("18446744073709551616", VALUE_INT, "no"));
	CHECK(becomes("7.0", VALUE_INT, "7"));
	CHECK(becomes("7.5", VALUE_INT, "no"));
	CHECK(becomes("\"7,5\"", VALUE_INT, "no"));
	CHECK(becomes("\"\"", VALUE_INT, "no"));
	CHECK(becomes("true", VALUE_INT, "no"));
	CHECK(becomes("7", VALUE_DECIMAL, "7"));
	CHECK(becomes("0.1", VALUE_DECIMAL, "0.1"));
	CHECK(becomes("\"1.50\"", VALUE_DECIMAL, "1.50"));
	CHECK(becomes("\"-2E-3\"", VALUE_DECIMAL, "-0.002"));
	CHECK(becomes("\"--\"", VALUE_DECIMAL, "no"));
	CHECK(becomes("null", VALUE_DECIMAL, ""));
	CHECK(becomes("7", VALUE_FLOAT, "7"));
	CHECK(becomes("\"0.1\"", VALUE_FLOAT, "0.1"));
	CHECK(becomes("\"-1200.50\"", VALUE_FLOAT, "-1200.5"));
	CHECK(becomes("\"0.000\"", VALUE_FLOAT, "0"));
	CHECK(becomes("9007199254740993", VALUE_FLOAT, "no"));
	CHECK(becomes("\"0.1000000000000000000001\"", VALUE_FLOAT, "no"));
	CHECK(becomes("\"100000000000000000000000\"", VALUE_FLOAT, "100000000000000000000000"));
}

static void
test_others(void)
{
	CHECK(becomes("\"2026-11-01\"", VALUE_DATE, "2026-11-01"));
	CHECK(becomes("\"2026-02-29\"", VALUE_DATE, "no"));
	CHECK(becomes("20261101", VALUE_DATE, "no"));
	CHECK(becomes("\"2026-11-01T10:00:00\"", VALUE_DATETIME, "2026-11-01T10:00:00"));
	CHECK(becomes("\"2026-11-01T10:00:00Z\"", VALUE_DATETIME, "no"));
	CHECK(becomes("\"2026-11-01T10:00:00+09:00\"", VALUE_TIMESTAMP, "2026-11-01T01:00:00Z"));
	CHECK(becomes("\"2026-11-01T10:00:00\"", VALUE_TIMESTAMP, "no"));
	CHECK(becomes("\"x\"", VALUE_TEXT, "x"));
	CHECK(becomes("7", VALUE_TEXT, "no"));
	CHECK(becomes("true", VALUE_BOOL, "true"));
	CHECK(becomes("\"true\"", VALUE_BOOL, "no"));
	CHECK(becomes("[1]", VALUE_JSON, "[1]"));
	CHECK(becomes("7", VALUE_JSON, "no"));
	CHECK(becomes("\"x\"", VALUE_BYTES, "no"));
}

int
main(void)
{
	test_numbers();
	test_others();
	return unit_done("exact_type");
}
