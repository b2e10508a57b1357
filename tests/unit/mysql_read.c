/* SPDX-License-Identifier: MIT */
#include "common/sql/mysql_read.h"
#include "common/json/value_text.h"
#include "tests/unit/unit.h"

static void
reads(enum mysql_read read, struct slice field, const char *wanted)
{
	struct buf out = {0}, text = {0};
	struct value v;
	const char *wrong = mysql_read_value(read, field, &out);
	bool good = !wrong && value_read(out.p, out.p + out.n, &v) == out.p + out.n;
	good = good && v.type == mysql_read_type(read) && !value_text(&text, &v, NULL) &&
	       slice_is(buf_slice(&text), wanted);
	if (!good)
		fprintf(stderr, "%d: %s: %.*s\n", (int)read, wrong ? wrong : wanted, (int)text.n,
		    text.p);
	CHECK(good);
	buf_free(&out);
	buf_free(&text);
}

static void
refused(enum mysql_read read, const char *field, bool special)
{
	struct buf out = {0};
	const char *wrong = mysql_read_value(read, slice_of(field), &out);
	CHECK(wrong && (wrong == mysql_read_special) == special && out.n == 0);
	buf_free(&out);
}

static void
numbers(void)
{
	reads(MYSQL_READ_INT, SLICE("18446744073709551615"), "18446744073709551615");
	reads(MYSQL_READ_INT, SLICE("-9223372036854775808"), "-9223372036854775808");
	reads(MYSQL_READ_INT, SLICE("0000000007"), "7");
	reads(MYSQL_READ_INT, SLICE("-0"), "0");
	refused(MYSQL_READ_INT, "18446744073709551616", false);
	refused(MYSQL_READ_INT, "-9223372036854775809", false);
	refused(MYSQL_READ_INT, "", false);
	refused(MYSQL_READ_INT, "1.5", false);
	reads(MYSQL_READ_BIT, SLICE("\1"), "1");
	reads(MYSQL_READ_BIT, SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
	refused(MYSQL_READ_BIT, "123456789", false);
	reads(MYSQL_READ_DECIMAL, SLICE("-0.50"), "-0.50");
	reads(MYSQL_READ_DECIMAL, SLICE("000012.50"), "12.50");
	refused(MYSQL_READ_DECIMAL, "x", false);
	reads(MYSQL_READ_DOUBLE, SLICE("-5e-1"), "-0.5");
	reads(MYSQL_READ_FLOAT, SLICE("0.10000000149011612"), "0.10000000149011612");
	refused(MYSQL_READ_DOUBLE, "1.5x", false);
	reads(MYSQL_READ_YEAR, SLICE("2026"), "2026");
	refused(MYSQL_READ_YEAR, "0000", true);
}

static void
times(void)
{
	reads(MYSQL_READ_DATE, SLICE("2026-11-27"), "2026-11-27");
	reads(
	    MYSQL_READ_DATETIME, SLICE("2026-11-27 01:02:03.000001"), "2026-11-27T01:02:03.000001");
	reads(MYSQL_READ_TIMESTAMP, SLICE("2026-11-27 01:02:03"), "2026-11-27T01:02:03Z");
	refused(MYSQL_READ_DATE, "0000-00-00", true);
	refused(MYSQL_READ_DATE, "2026-02-31", true);
	refused(MYSQL_READ_DATETIME, "2026-00-10 00:00:00", true);
	refused(MYSQL_READ_TIMESTAMP, "0000-00-00 00:00:00", true);
	refused(MYSQL_READ_DATE, "tomorrow", false);
	refused(MYSQL_READ_DATE, "", false);
}

int
main(void)
{
	numbers();
	times();
	reads(MYSQL_READ_TEXT, SLICE("-838:59:59"), "-838:59:59");
	reads(MYSQL_READ_BYTES, SLICE("\xff\0"), "ff00");
	CHECK(mysql_read_of(253, true) == MYSQL_READ_BYTES &&
	      mysql_read_of(253, false) == MYSQL_READ_TEXT);
	CHECK(mysql_read_of(6, true) == MYSQL_READ_TEXT &&
	      mysql_read_of(10, true) == MYSQL_READ_DATE);
	return unit_done("mysql_read");
}
