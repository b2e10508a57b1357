/* SPDX-License-Identifier: MIT */
/* Which texts are the same value after PostgreSQL wrote them back. */
#include "common/sql/pg_text.h"
#include "tests/unit/unit.h"

static bool
same(enum pg_text_rule rule, const char *given, const char *read)
{
	return pg_text_same(rule, slice_of(given), slice_of(read));
}

static void
test_network(void)
{
	CHECK(same(PG_TEXT_INET, "10.0.0.1", "10.0.0.1"));
	CHECK(same(PG_TEXT_INET, "10.0.0.1/32", "10.0.0.1"));
	CHECK(same(PG_TEXT_INET, "FE80:0::1", "fe80::1"));
	CHECK(same(PG_TEXT_INET, "2001:DB8::/32", "2001:db8::/32"));
	CHECK(same(PG_TEXT_INET, "10.0.0.0", "10.0.0.0/32"));
	CHECK(!same(PG_TEXT_INET, "128", "128.0.0.0/16"));
	CHECK(!same(PG_TEXT_INET, "10.1", "10.1.0.0/16"));
	CHECK(!same(PG_TEXT_INET, "10.0.0.1/", "10.0.0.1"));
	CHECK(!same(PG_TEXT_INET, "10.0.0.1/24", "10.0.0.1/25"));
	CHECK(same(PG_TEXT_MACADDR, "08-00-2B-01-02-03", "08:00:2b:01:02:03"));
	CHECK(!same(PG_TEXT_MACADDR, "08:00:2b:01:02:03", "08:00:2b:ff:fe:01:02:03"));
	CHECK(!same(PG_TEXT_MACADDR, "", "08"));
}

static void
test_intervals(void)
{
	CHECK(same(PG_TEXT_INTERVAL, "1 day 02:03:04.5", "1 day 02:03:04.5"));
	CHECK(same(PG_TEXT_INTERVAL, "90 minutes", "01:30:00"));
	CHECK(same(PG_TEXT_INTERVAL, "P1Y2M3DT4H5M6.5S", "1 year 2 mons 3 days 04:05:06.5"));
	CHECK(same(PG_TEXT_INTERVAL, "PT36H", "36:00:00"));
	CHECK(same(PG_TEXT_INTERVAL, "-1 days 02:00:00", "-1 days +02:00:00"));
	CHECK(same(PG_TEXT_INTERVAL, "-02:30", "-02:30:00"));
	CHECK(same(PG_TEXT_INTERVAL, "1.5 hours", "01:30:00"));
	CHECK(same(PG_TEXT_INTERVAL, "1.5 years", "1 year 6 mons"));
	CHECK(!same(PG_TEXT_INTERVAL, "-1 days 02:00:00", "-1 days -02:00:00"));
	CHECK(!same(PG_TEXT_INTERVAL, "90", "00:01:30"));
	CHECK(!same(PG_TEXT_INTERVAL, "1.0000005 s", "00:00:01"));
	CHECK(!same(PG_TEXT_INTERVAL, "0.3 mons", "9 days"));
	CHECK(!same(PG_TEXT_INTERVAL, "12:34.5", "00:12:34.5"));
	CHECK(!same(PG_TEXT_INTERVAL, "P", "00:00:00"));
	CHECK(!same(PG_TEXT_INTERVAL, "PT", "00:00:00"));
	CHECK(!same(PG_TEXT_INTERVAL, "9999999999999999 days", "0"));
	CHECK(!same(PG_TEXT_INTERVAL, "999999999999999 hours", "0"));
}

static void
test_ranges(void)
{
	CHECK(same(PG_TEXT_INTEGERS, "[1,5]", "[1,6)"));
	CHECK(same(PG_TEXT_INTEGERS, "(0, 5]", "[1,6)"));
	CHECK(same(PG_TEXT_INTEGERS, "[1,]", "[1,)"));
	CHECK(!same(PG_TEXT_INTEGERS, "[1,5]", "[1,5)"));
	CHECK(!same(PG_TEXT_INTEGERS, "[1,9223372036854775807]", "[1,2)"));
	CHECK(!same(PG_TEXT_INTEGERS, "[5,5)", "empty"));
	CHECK(same(PG_TEXT_INTEGERS, "{[1,4], [7,9)}", "{[1,5),[7,9)}"));
	CHECK(!same(PG_TEXT_INTEGERS, "{[1,5),[3,9)}", "{[1,9)}"));
	CHECK(!same(PG_TEXT_INTEGERS, "{[1,5)", "{[1,5)}"));
	CHECK(same(PG_TEXT_NUMERICS, "[1.50, 2.0)", "[1.50,2.0)"));
	CHECK(!same(PG_TEXT_NUMERICS, "[1.50,2.0]", "[1.50,2.0)"));
	CHECK(same(PG_TEXT_DATES, "[2026-11-01,2026-11-30]", "[2026-11-01,2026-12-01)"));
	CHECK(!same(PG_TEXT_DATES, "[2026-11-01 23:59:59,2026-11-30)", "[2026-11-01,2026-11-30)"));
	CHECK(!same(PG_TEXT_DATES, "[2026-11-01,today]", "[2026-11-01,2026-11-27)"));
	CHECK(same(PG_TEXT_DATETIMES, "[2026-11-01T10:00:00,2026-11-01 12:00:00.50)",
	    "[\"2026-11-01 10:00:00\",\"2026-11-01 12:00:00.5\")"));
	CHECK(!same(PG_TEXT_DATETIMES, "[2026-11-01 10:00:00+09,)", "[\"2026-11-01 10:00:00\",)"));
	CHECK(same(PG_TEXT_DATETIMES, "[2026-11-01 10:00:00,infinity)",
	    "[\"2026-11-01 10:00:00\",infinity)"));
}

static void
test_hstore(void)
{
	CHECK(same(PG_TEXT_HSTORE, "a=>1", "\"a\"=>\"1\""));
	CHECK(same(PG_TEXT_HSTORE, "bb=>null, a=>\"x, y\"", "\"a\"=>\"x, y\", \"bb\"=>NULL"));
	CHECK(same(PG_TEXT_HSTORE, "a=>\"q\\\"\\z\"", "\"a\"=>\"q\\\"z\""));
	CHECK(!same(PG_TEXT_HSTORE, "a=>1, a=>2", "\"a\"=>\"1\""));
	CHECK(!same(PG_TEXT_HSTORE, "a=>\"NULL\"", "\"a\"=>NULL"));
	CHECK(!same(PG_TEXT_HSTORE, "a=>1 b", "\"a\"=>\"1\""));
}

static void
test_loose(void)
{
	CHECK(same(PG_TEXT_SYNTAX, "fat&(rat|cat)", "'fat' & ( 'rat' | 'cat' )"));
	CHECK(same(PG_TEXT_SYNTAX, "$.a", "$.\"a\""));
	CHECK(!same(PG_TEXT_SYNTAX, "$.a", "$.\"b\""));
	CHECK(same(PG_TEXT_NAME, "public.t", "t"));
	CHECK(!same(PG_TEXT_NAME, "1259", "pg_class"));
	CHECK(same(PG_TEXT_GEOMETRY, "(35.10, 139.0)", "(35.1,139)"));
	CHECK(same(PG_TEXT_GEOMETRY, "(-0.5,100000000000000000000)", "(-0.5,1e+20)"));
	CHECK(!same(PG_TEXT_GEOMETRY, "(0.12345678901234567890,1)", "(0.12345678901234568,1)"));
	CHECK(!same(PG_TEXT_GEOMETRY, "(0,9007199254740993)", "(0,9.007199254740992e+15)"));
	CHECK(!same(PG_TEXT_GEOMETRY, "(1,2),(0,0)", "(1,2)"));
	CHECK(!same(PG_TEXT_GEOMETRY, "(1,2)", "(-1,2)"));
	CHECK(!same(PG_TEXT_EXACT, "abc", "0"));
}

int
main(void)
{
	test_network();
	test_intervals();
	test_ranges();
	test_hstore();
	test_loose();
	return unit_done("pg_text");
}
