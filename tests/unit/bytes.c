/* SPDX-License-Identifier: MIT */
#include "common/text/bytes.h"
#include "common/text/shell.h"
#include "tests/unit/unit.h"

int
main(void)
{
	struct buf b = {.max = 10};
	buf_put(&b, "12345", 5);
	buf_put(&b, "67890", 5);
	CHECK(!b.failed && b.n == 10);
	buf_put_byte(&b, 'x');
	CHECK(b.failed && b.n == 10);
	buf_put(&b, "", 0);
	CHECK(b.failed);
	buf_reset(&b);
	CHECK(!b.failed && b.n == 0 && b.max == 10);
	buf_printf(&b, "%d", 123456789);
	CHECK(!b.failed && slice_is(buf_slice(&b), "123456789"));
	buf_free(&b);

	size_t n = 7;
	CHECK(!size_add(SIZE_MAX, 1, &n) && n == 7);
	CHECK(!size_multiply(SIZE_MAX / 2, 3, &n) && n == 7);
	CHECK(size_multiply(6, 7, &n) && n == 42);

	int64_t i = 0;
	CHECK(parse_integer(SLICE("-9223372036854775808"), INT64_MIN, INT64_MAX, &i) &&
	      i == INT64_MIN);
	CHECK(parse_integer(SLICE("9223372036854775807"), INT64_MIN, INT64_MAX, &i) &&
	      i == INT64_MAX);
	CHECK(!parse_integer(SLICE("9223372036854775808"), INT64_MIN, INT64_MAX, &i));
	CHECK(!parse_integer(SLICE("18446744073709551617"), INT64_MIN, INT64_MAX, &i));
	CHECK(!parse_integer(SLICE(""), 0, 9, &i) && !parse_integer(SLICE("-"), -9, 9, &i));
	CHECK(!parse_integer(SLICE("1 "), 0, 9, &i) && !parse_integer(SLICE("+1"), 0, 9, &i));
	CHECK(!parse_integer(SLICE("10"), 0, 9, &i));

	CHECK(slice_compare(SLICE("a"), SLICE("ab")) < 0 &&
	      slice_compare(SLICE("b"), SLICE("ab")) > 0);
	struct slice rest = SLICE("a\n\nb"), line;
	CHECK(slice_take_line(&rest, &line) && slice_is(line, "a"));
	CHECK(slice_take_line(&rest, &line) && line.n == 0);
	CHECK(
	    slice_take_line(&rest, &line) && slice_is(line, "b") && !slice_take_line(&rest, &line));
	rest = SLICE("c\n");
	CHECK(
	    slice_take_line(&rest, &line) && slice_is(line, "c") && !slice_take_line(&rest, &line));

	buf_reset(&b);
	b.max = 0;
	shell_put_quoted(&b, SLICE("it's $x"));
	shell_put_quoted(&b, SLICE(""));
	CHECK(slice_is(buf_slice(&b), "'it'\\''s $x'''"));
	buf_free(&b);

	CHECK(slice_is(slice_trim(SLICE(" \t x y\r\n")), "x y") && slice_trim(SLICE("  ")).n == 0);
	CHECK(slice_equal((struct slice){NULL, 0}, SLICE("")));
	CHECK(slice_equal_caseless(SLICE("aZ@[`{"), SLICE("Az@[`{")));
	CHECK(!slice_equal_caseless(SLICE("@"), SLICE("`")));
	CHECK(!slice_equal_caseless(SLICE("a"), SLICE("aa")));
	CHECK(slice_equal_caseless((struct slice){NULL, 0}, SLICE("")));
	return unit_done("bytes");
}
