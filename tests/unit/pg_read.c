/* SPDX-License-Identifier: MIT */
#include "common/sql/pg_read.h"
#include "common/json/value_text.h"
#include "common/sql/pg_binary.h"
#include "common/sql/pg_copy_read.h"
#include "tests/unit/unit.h"

static void
reads(enum pg_read read, struct slice field, const char *wanted)
{
	struct buf out = {0}, text = {0};
	struct value v;
	const char *wrong = pg_read_value(read, field, &out);
	bool good = !wrong && value_read(out.p, out.p + out.n, &v) == out.p + out.n;
	good = good && v.type == pg_read_type(read) && !value_text(&text, &v, NULL) &&
	       slice_is(buf_slice(&text), wanted);
	if (!good)
		fprintf(stderr, "%d: %s: %.*s\n", (int)read, wrong ? wrong : wanted, (int)text.n,
		    text.p);
	CHECK(good);
	buf_free(&out);
	buf_free(&text);
}

static void
refused(enum pg_read read, struct slice field, bool special)
{
	struct buf out = {0};
	const char *wrong = pg_read_value(read, field, &out);
	CHECK(wrong && (wrong == pg_read_special) == special && out.n == 0);
	buf_free(&out);
}

static void
scalars(void)
{
	reads(PG_READ_BOOL, SLICE("\1"), "true");
	reads(PG_READ_INT2, SLICE("\x80\0"), "-32768");
	reads(PG_READ_INT4, SLICE("\x7f\xff\xff\xff"), "2147483647");
	reads(PG_READ_INT8, SLICE("\x80\0\0\0\0\0\0\0"), "-9223372036854775808");
	reads(PG_READ_OID, SLICE("\xff\xff\xff\xff"), "4294967295");
	reads(PG_READ_FLOAT4, SLICE("\x3f\xc0\0\0"), "1.5");
	reads(PG_READ_FLOAT8, SLICE("\x7f\xf0\0\0\0\0\0\0"), "Infinity");
	reads(PG_READ_DATE, SLICE("\0\0\0\0"), "2000-01-01");
	reads(PG_READ_DATE, SLICE("\xff\xff\xd5\x33"), "1970-01-01");
	reads(PG_READ_TIME, SLICE("\0\0\0\0\0\0\0\1"), "00:00:00.000001");
	reads(PG_READ_TIME, SLICE("\0\0\0\x14\x1d\xd7\x60\0"), "24:00:00");
	reads(PG_READ_TIMESTAMP, SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"),
	    "1999-12-31T23:59:59.999999");
	reads(PG_READ_TIMESTAMPTZ, SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"),
	    "1999-12-31T23:59:59.999999Z");
	reads(PG_READ_UUID, SLICE("\x12\x34\x56\x78\x9a\xbc\xde\xf0\0\1\2\3\4\5\6\7"),
	    "12345678-9abc-def0-0001-020304050607");
	refused(PG_READ_DATE, SLICE("\x7f\xff\xff\xff"), true);
	refused(PG_READ_DATE, SLICE("\x80\0\0\0"), true);
	refused(PG_READ_TIMESTAMP, SLICE("\x7f\xff\xff\xff\xff\xff\xff\xff"), true);
	refused(PG_READ_TIMESTAMPTZ, SLICE("\x80\0\0\0\0\0\0\0"), true);
	refused(PG_READ_INT4, SLICE("\0\0\0"), false);
	refused(PG_READ_UUID, SLICE(""), false);
	refused(PG_READ_TIME, SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"), false);
}

/* Written by pg_binary.h, read back. */
static void
numeric_trip(const char *text)
{
	char field[2048];
	struct value v = {.type = VALUE_DECIMAL, .s = slice_of(text)};
	CHECK(pg_field_room(&v) <= sizeof field);
	char *end = pg_put_field(field, PG_NUMERIC, &v);
	reads(PG_READ_NUMERIC, (struct slice){field + 4, (size_t)(end - field) - 4}, text);
}

static void
numerics(void)
{
	static const char *const all[] = {"0", "0.00", "1", "-1", "12.50", "10000", "100000000",
	    "0.0001", "0.00001", "-0.5", "123456789012345678901234567890.1234567890", "9999.9999",
	    "1000.000010", "0.000000000000000000001", "50000000000000000"};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		numeric_trip(all[i]);
	/* NaN, Infinity, -Infinity. */
	refused(PG_READ_NUMERIC, SLICE("\0\0\0\0\xc0\0\0\0"), true);
	refused(PG_READ_NUMERIC, SLICE("\0\0\0\0\xd0\0\0\x20"), true);
	refused(PG_READ_NUMERIC, SLICE("\0\0\0\0\xf0\0\0\x20"), true);
	refused(PG_READ_NUMERIC, SLICE("\0\1\0\0\0\0\0\0"), false);
	refused(PG_READ_NUMERIC, SLICE("\0\1\0\0\0\0\0\0\x27\x10"), false);
	refused(PG_READ_NUMERIC, SLICE("\0\0\0\0\x12\0\0\0"), false);
	refused(PG_READ_NUMERIC, SLICE("\0\0"), false);
}

static void
json(void)
{
	struct slice s = SLICE("\1{}");
	CHECK(pg_read_json(PG_READ_JSONB, &s) && slice_is(s, "{}"));
	CHECK(pg_read_json(PG_READ_JSON, &s) && slice_is(s, "{}"));
	CHECK(!pg_read_json(PG_READ_JSONB, &s));
	CHECK(pg_read_of(3802) == PG_READ_JSONB && pg_read_of(1007) == PG_READ_TEXT);
}

/* Three rows of two fields, in blocks of step bytes: the fields, "-" for null. */
static const char *
copied(struct slice bytes, size_t step)
{
	static struct buf out;
	struct pg_copy_reader r = {0};
	struct slice fields[2];
	size_t at = 0;
	buf_reset(&out);
	for (;;) {
		enum pg_copy_step got = pg_copy_row(&r, fields, 2);
		if (got == PG_COPY_ROW) {
			for (size_t i = 0; i < 2; i++)
				buf_put_slice(&out, fields[i].p ? fields[i] : SLICE("-"));
			buf_put_byte(&out, '|');
			continue;
		}
		if (got == PG_COPY_BAD) {
			buf_put_text(&out, "bad");
			break;
		}
		if (at == bytes.n) {
			buf_put_text(&out, r.ended ? "end" : "cut");
			break;
		}
		size_t n = bytes.n - at < step ? bytes.n - at : step;
		pg_copy_block(&r, (struct slice){bytes.p + at, n});
		at += n;
	}
	buf_put_byte(&out, '\0');
	buf_free(&r.rest);
	return out.p;
}

#define HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define ROWS                                                                                       \
	"\0\2\0\0\0\1a\0\0\0\2bc"                                                                  \
	"\0\2\xff\xff\xff\xff\0\0\0\0"                                                             \
	"\0\2\0\0\0\3xyz\0\0\0\1w"

static void
copy(void)
{
	for (size_t step = 1; step < 90; step++) {
		CHECK(strcmp(copied(SLICE(HEAD ROWS "\377\377"), step), "abc|-|xyzw|end") == 0);
		CHECK(strcmp(copied(SLICE(HEAD ROWS), step), "abc|-|xyzw|cut") == 0);
		CHECK(strcmp(copied(SLICE(HEAD "\377\377"), step), "end") == 0);
		CHECK(strcmp(copied(SLICE(HEAD "\0\3\0\0\0\0"), step), "bad") == 0);
		CHECK(strcmp(copied(SLICE(HEAD "\0\2\xff\xff\xff\xfe\0\0\0\0"), step), "bad") == 0);
		CHECK(strcmp(copied(SLICE(HEAD "\377\377x"), step), "bad") == 0);
		CHECK(strcmp(copied(SLICE("PGCOPX"), step), "bad") == 0);
	}
}

int
main(void)
{
	scalars();
	numerics();
	json();
	copy();
	return unit_done("pg_read");
}
