/* SPDX-License-Identifier: MIT */
/* The limits of columns that only some databases have. */
#include "common/sql/column.h"
#include "common/record/mp.h"
#include "tests/unit/unit.h"

static struct buf scratch;
static struct value out;

/* The rule that refuses the value, or "" when it fits. */
static const char *
refused(const struct column *c, struct value in)
{
	static struct reject_reason why;

	buf_reset(&scratch);
	return column_fit(c, &in, &out, &scratch, &why) ? "" : why.rule;
}

static struct value
text(const char *s)
{
	return (struct value){.type = VALUE_TEXT, .s = slice_of(s)};
}

static struct value
decimal(const char *s)
{
	return (struct value){.type = VALUE_DECIMAL, .s = slice_of(s)};
}

static bool
refuses(const struct column *c, struct value in, const char *rule)
{
	const char *have = refused(c, in);

	if (strcmp(have, rule) != 0)
		fprintf(stderr, "have rule \"%s\", want \"%s\"\n", have, rule);
	return strcmp(have, rule) == 0;
}

/* The decimal as it goes in, or the rule that refuses it. */
static bool
goes_in(int precision, int scale, const char *in, const char *expected)
{
	const struct column c = {
	    .type = {"numeric", 7}, .kind = COLUMN_DECIMAL, .precision = precision, .scale = scale};
	const char *rule = refused(&c, decimal(in));
	struct slice have = *rule ? slice_of(rule) : out.s;
	bool same = slice_is(have, expected);

	if (!same)
		fprintf(stderr, "(%d, %d): %s: have %.*s, want %s\n", precision, scale, in,
		    (int)have.n, have.p, expected);
	return same;
}

static void
test_decimals(void)
{
	CHECK(goes_in(4, 2, "12.34", "12.34"));
	CHECK(goes_in(4, 2, "-99.99", "-99.99"));
	CHECK(goes_in(4, 2, "00012.3400", "00012.34"));
	CHECK(goes_in(4, 2, "0.0000", "0.00"));
	CHECK(goes_in(4, 2, "100", "precision"));
	CHECK(goes_in(4, 2, "-0.001", "scale"));
	CHECK(goes_in(3, 0, "7.00", "7"));
	CHECK(goes_in(3, 0, "7.01", "scale"));
	CHECK(goes_in(2, -3, "99000", "99000"));
	CHECK(goes_in(2, -3, "-99000.0", "-99000"));
	CHECK(goes_in(2, -3, "500", "scale"));
	CHECK(goes_in(2, -3, "100000", "precision"));
	CHECK(goes_in(3, -1, "15", "scale"));
	CHECK(goes_in(3, 5, "0.00999", "0.00999"));
	CHECK(goes_in(3, 5, "0.01", "precision"));
	CHECK(goes_in(3, 5, "0.001", "0.001"));
}

/* CHAR loses spaces at the end, BINARY gains zero bytes. */
static void
test_padding(void)
{
	const struct column fixed = {
	    .type = {"char(5)", 7}, .kind = COLUMN_TEXT, .max_chars = 5, .trims = true};
	const struct column binary = {
	    .type = {"binary(3)", 9}, .kind = COLUMN_BYTES, .max_bytes = 3, .padded = true};
	struct value bytes = {.type = VALUE_BYTES};

	CHECK(refuses(&fixed, text(""), ""));
	CHECK(refuses(&fixed, text(" a\tb"), ""));
	CHECK(refuses(&fixed, text("a "), "space"));
	CHECK(refuses(&fixed, text("日本語です"), ""));
	CHECK(refuses(&fixed, text("日本語です!"), "length"));
	bytes.s = SLICE("abc");
	CHECK(refuses(&binary, bytes, ""));
	bytes.s = SLICE("ab");
	CHECK(refuses(&binary, bytes, "length"));
	bytes.s = SLICE("abcd");
	CHECK(refuses(&binary, bytes, "length"));
}

static void
test_last_char(void)
{
	const struct column bmp = {.type = {"text", 4}, .kind = COLUMN_TEXT, .last_char = 0xffff};
	const struct column ascii = {.type = {"text", 4}, .kind = COLUMN_TEXT, .last_char = 0x7f};

	CHECK(refuses(&bmp, text("a日\uffff"), ""));
	CHECK(refuses(&bmp, text("a日\U0001f600"), "charset"));
	CHECK(refuses(&ascii, text("~\x7f"), ""));
	CHECK(refuses(&ascii, text("caf\u00e9"), "charset"));
}

/* MySQL's DOUBLE(6,2) UNSIGNED rounds longer fractions, and refuses values below 0. */
static void
test_float_digits(void)
{
	const struct column f = {.type = {"double(6,2) unsigned", 20},
	    .kind = COLUMN_FLOAT,
	    .finite = true,
	    .precision = 6,
	    .scale = 2,
	    .positive = true};

	CHECK(refuses(&f, (struct value){.type = VALUE_FLOAT, .f = 9999.99}, ""));
	CHECK(refuses(&f, (struct value){.type = VALUE_FLOAT, .f = 0}, ""));
	CHECK(refuses(&f, (struct value){.type = VALUE_FLOAT, .f = 10000}, "precision"));
	CHECK(refuses(&f, (struct value){.type = VALUE_FLOAT, .f = 0.125}, "scale"));
	CHECK(refuses(&f, (struct value){.type = VALUE_FLOAT, .f = -0.25}, "range"));
	CHECK(refuses(&f, (struct value){.type = VALUE_INT, .i = -1}, "range"));
}

/* The value that was written into b, as a stream's reader gives it. */
static struct value
written(const struct buf *b)
{
	struct value v = {.type = VALUE_BAD};

	CHECK(value_read(b->p, b->p + b->n, &v) == b->p + b->n);
	return v;
}

/* MySQL's json. */
static void
test_binary_json(void)
{
	const struct column exact = {.type = {"json", 4}, .kind = COLUMN_JSON};
	const struct column binary = {
	    .type = {"json", 4}, .kind = COLUMN_JSON, .binary_numbers = true};
	struct buf b = {0};

	mp_buf_array(&b, 2);
	mp_buf_float(&b, 0.5);
	value_put_decimal(&b, SLICE("9007199254740993"));
	CHECK(refuses(&binary, written(&b), "") && slice_is(out.s, "[0.5,9007199254740993]"));
	buf_reset(&b);
	mp_buf_map(&b, 1);
	mp_buf_str(&b, SLICE("a"));
	mp_buf_array(&b, 1);
	value_put_decimal(&b, SLICE("0.12345678901234567890"));
	CHECK(refuses(&exact, written(&b), ""));
	CHECK(refuses(&binary, written(&b), "exact"));
	buf_reset(&b);
	value_put_decimal(&b, SLICE("1.5"));
	CHECK(refuses(&binary, written(&b), "exact"));
	buf_free(&b);
}

static void
test_decimal_unsigned(void)
{
	const struct column d = {.type = {"decimal(4,2) unsigned", 21},
	    .kind = COLUMN_DECIMAL,
	    .precision = 4,
	    .scale = 2,
	    .positive = true};

	CHECK(refuses(&d, decimal("99.99"), ""));
	CHECK(refuses(&d, decimal("99.990"), "") && slice_is(out.s, "99.99"));
	CHECK(refuses(&d, decimal("-0.00"), "") && slice_is(out.s, "0.00"));
	CHECK(refuses(&d, decimal("-0.01"), "range"));
	CHECK(refuses(&d, decimal("100"), "precision"));
	CHECK(refuses(&d, decimal("0.001"), "scale"));
}

/* 10 is the bits 10 to PostgreSQL, 90 an interval of seconds. */
static void
test_other(void)
{
	const struct column bits = {.type = {"bit varying", 11}, .kind = COLUMN_OTHER};
	const struct column like_text = {
	    .type = {"citext", 6}, .kind = COLUMN_OTHER, .takes_digits = true};
	const struct value ten = {.type = VALUE_INT, .i = 10};

	CHECK(refuses(&bits, ten, "type"));
	CHECK(refuses(&bits, decimal("0.1"), "type"));
	CHECK(refuses(&bits, text("10"), ""));
	CHECK(refuses(&like_text, ten, ""));
	CHECK(slice_is(out.s, "10"));
	CHECK(refuses(&like_text, decimal("0.1"), ""));
}

int
main(void)
{
	test_decimals();
	test_padding();
	test_last_char();
	test_float_digits();
	test_decimal_unsigned();
	test_binary_json();
	test_other();
	buf_free(&scratch);
	return unit_done("column");
}
