/* SPDX-License-Identifier: MIT */
/* PostgreSQL's binary forms, byte for byte. */
#include "common/sql/pg_binary.h"
#include "tests/unit/unit.h"

/*
 * The field of a value as hexadecimal, a space after the length word; numerics
 * by their 16-bit words.
 */
static const char *
field(enum pg_form form, const struct value *v)
{
	static char hex[4096];
	static char room[1024];
	char *end = pg_put_field(room, form, v), *out = hex;

	CHECK((size_t)(end - room) <= pg_field_room(v));
	for (char *p = room; p < end; p++) {
		if (p > room && (p - room) % 4 == 0)
			*out++ = ' ';
		out += snprintf(out, 3, "%02x", (unsigned)(unsigned char)*p);
	}
	return hex;
}

static bool
numeric(const char *digits, const char *expected)
{
	struct value v = {.type = VALUE_DECIMAL, .s = slice_of(digits)};
	const char *have = field(PG_NUMERIC, &v);
	bool same = strcmp(have, expected) == 0;

	if (!same)
		fprintf(stderr, "%s: have %s, want %s\n", digits, have, expected);
	return same;
}

static void
test_numerics(void)
{
	/* length, then ndigits weight sign scale, then the digits */
	CHECK(numeric("0", "00000008 00000000 00000000"));
	CHECK(numeric("-0", "00000008 00000000 00000000"));
	CHECK(numeric("0.00", "00000008 00000000 00000002"));
	CHECK(numeric("1", "0000000a 00010000 00000000 0001"));
	CHECK(numeric("-12.5", "0000000c 00020000 40000001 000c1388"));
	CHECK(numeric("00012.50", "0000000c 00020000 00000002 000c1388"));
	CHECK(numeric("9999", "0000000a 00010000 00000000 270f"));
	CHECK(numeric("10000", "0000000a 00010001 00000000 0001"));
	CHECK(numeric("100000000", "0000000a 00010002 00000000 0001"));
	CHECK(numeric("12345678", "0000000c 00020001 00000000 04d2162e"));
	CHECK(numeric("10000.0000", "0000000a 00010001 00000004 0001"));
	CHECK(numeric("10000.0001", "0000000e 00030001 00000004 00010000 0001"));
	CHECK(numeric("0.5", "0000000a 0001ffff 00000001 1388"));
	CHECK(numeric("0.0001", "0000000a 0001ffff 00000004 0001"));
	CHECK(numeric("0.00001", "0000000a 0001fffe 00000005 03e8"));
	CHECK(numeric("0.000000001", "0000000a 0001fffd 00000009 03e8"));
	CHECK(numeric("-0.00010000", "0000000a 0001ffff 40000008 0001"));
	CHECK(numeric(
	    "123456789.987654321", "00000014 00060002 00000009 00010929 1a852694 153803e8"));
}

static void
test_fields(void)
{
	CHECK(strcmp(field(PG_INT8, &(struct value){.type = VALUE_NULL}), "ffffffff") == 0);
	CHECK(strcmp(field(PG_BOOL, &(struct value){.type = VALUE_BOOL, .b = true}),
		  "00000001 01") == 0);
	CHECK(strcmp(field(PG_INT2, &(struct value){.type = VALUE_INT, .i = -2}),
		  "00000002 fffe") == 0);
	CHECK(strcmp(field(PG_INT4, &(struct value){.type = VALUE_INT, .i = 1 << 20}),
		  "00000004 00100000") == 0);
	CHECK(strcmp(field(PG_INT8, &(struct value){.type = VALUE_INT, .i = INT64_MIN}),
		  "00000008 80000000 00000000") == 0);
	CHECK(strcmp(field(PG_FLOAT4, &(struct value){.type = VALUE_FLOAT, .f = -1.5}),
		  "00000004 bfc00000") == 0);
	CHECK(strcmp(field(PG_FLOAT8, &(struct value){.type = VALUE_FLOAT, .f = -0.0}),
		  "00000008 80000000 00000000") == 0);
	CHECK(strcmp(field(PG_RAW, &(struct value){.type = VALUE_TEXT, .s = SLICE("")}),
		  "00000000") == 0);
	CHECK(strcmp(field(PG_JSONB, &(struct value){.type = VALUE_TEXT, .s = SLICE("[]")}),
		  "00000003 015b5d") == 0);
	CHECK(strcmp(field(PG_DATE, &(struct value){.type = VALUE_DATE, .i = 10957}),
		  "00000004 00000000") == 0);
	CHECK(strcmp(field(PG_DATE, &(struct value){.type = VALUE_DATE, .i = 10956}),
		  "00000004 ffffffff") == 0);
	CHECK(strcmp(field(PG_TIME, &(struct value){.type = VALUE_DATETIME, .i = 1}),
		  "00000008 00000000 00000001") == 0);
	CHECK(strcmp(field(PG_TIMESTAMP,
			 &(struct value){.type = VALUE_DATETIME, .i = 946684800000001}),
		  "00000008 00000000 00000001") == 0);
	struct value at = {.type = VALUE_TIMESTAMP};
	at.at.seconds = 946684799;
	at.at.nanoseconds = 999999000;
	CHECK(strcmp(field(PG_TIMESTAMP, &at), "00000008 ffffffff ffffffff") == 0);
}

static void
test_copy(void)
{
	char room[200];
	const enum pg_form forms[] = {PG_INT2, PG_RAW};
	const struct value values[] = {{.type = VALUE_NULL}, {.type = VALUE_TEXT, .s = SLICE("a")}};
	char *end = pg_put_row(room, forms, values, 2);

	CHECK(pg_row_room(values, 2) <= sizeof room);
	CHECK(end - room == 11 && memcmp(room, "\0\2\377\377\377\377\0\0\0\1a", 11) == 0);
	CHECK(pg_copy_head().n == 19);
	CHECK(pg_copy_tail().n == 2);
}

int
main(void)
{
	test_numerics();
	test_fields();
	test_copy();
	return unit_done("pg_binary");
}
