/* SPDX-License-Identifier: MIT */
#include "common/web/wait_header.h"
#include "common/web/ratelimit.h"
#include "tests/unit/unit.h"

static const int64_t now = INT64_C(1795697330000); /* 2026-11-26T10:08:50Z */

static int64_t
after(const char *value)
{
	return wait_retry_after(slice_of(value), now);
}

static void
test_retry_after(void)
{
	CHECK(after("0") == 0 && after("120") == 120000 && after("1.5") == 1500 &&
	      after("0.0004") == 1);
	CHECK(after(".5") == 500 && after("3.") == 3000);
	CHECK(after("Thu, 26 Nov 2026 12:48:50 GMT") == 0);
	CHECK(after("Thu, 26 Nov 2026 12:48:51 GMT") == 1000);
	CHECK(after("Thursday, 26-Nov-26 12:49:50 GMT") == 60000);
	CHECK(after("Thu Nov 26 12:48:52 2026") == 2000);
	CHECK(after("Tue Dec  1 12:48:50 2026") == INT64_C(5) * 86400000);
	CHECK(after("2026-11-26T12:48:53.250Z") == 3250 &&
	      after("2026-11-26T21:48:53+09:00") == 3000);
	CHECK(after("Wed, 21 Oct 2015 07:28:00 GMT") == 0);
	/* The weekday must fit, as a check of the whole. */
	CHECK(after("Fri, 26 Nov 2026 12:48:51 GMT") == -1);
	/* A time in place of a wait. */
	CHECK(after("1795697331") == 1000 && after("1795697331.5") == 1500 &&
	      after("1795697331250") == 1250);
	CHECK(after("1000000000") == 0 && after("999999999") == INT64_C(999999999000));
	CHECK(after("soon") == -1 && after("") == -1 && after("-1") == -1 && after("1,5") == -1 &&
	      after("99999999999999999999999999") == -1 && after("2026-11-26T12:48:53") == -1);
}

static int64_t
reads(const char *option, bool until, const char *lines)
{
	struct wait_header w;
	const char *wrong = wait_header_parse(&w, slice_of(option), until);
	CHECK(!wrong);
	int64_t wait = wrong ? -2 : wait_header_read(&w, slice_of(lines), now);
	wait_header_free(&w);
	return wait;
}

static void
test_headers(void)
{
	CHECK(reads("X-Wait", false, "A: 1\r\nx-wait: 7\r\n") == 7000);
	CHECK(reads("X-Wait:seconds", false, "x-wait: 0.25\n") == 250);
	CHECK(reads("X-Wait:ms", false, "x-wait: 1500\n") == 1500);
	CHECK(reads("X-Wait:minutes", false, "x-wait: 2.5\n") == 150000);
	CHECK(reads("X-Wait", false, "x-waits: 7\n") == -1 &&
	      reads("X-Wait", false, "x-wait: no\n") == -1 &&
	      reads("X-Wait", false, "x-wait: -7\n") == -1);
	/* The longest of several. */
	CHECK(reads("X-Wait", false, "x-wait: 7\nx-wait: 9\nx-wait: x\nx-wait: 8\n") == 9000);
	CHECK(reads("x-rate-limit-reset", true, "x-rate-limit-reset: 1795697390\n") == 60000);
	CHECK(reads("x-rate-limit-reset:s", true, "x-rate-limit-reset: 1795697330\n") == 0);
	CHECK(reads("r:ms", true, "r: 1795697330001\n") == 1 && reads("r", true, "r: 12\n") == 0);
	CHECK(reads("r:date", true, "r: Thu, 26 Nov 2026 12:49:50 GMT\n") == 60000 &&
	      reads("r:date", true, "r: 2026-11-26T12:49:50Z\n") == 60000 &&
	      reads("r:date", true, "r: 1795697390\n") == -1);
}

static void
test_json(void)
{
	/* Meta: an object by account, arrays of uses; minutes. */
	const char *usage =
	    "x-business-use-case-usage: {\"7\":[{\"type\":\"ads_insights\",\"call_count\":42,"
	    "\"estimated_time_to_regain_access\":0},{\"estimated_time_to_regain_access\":3}],"
	    "\"8\":[{\"estimated_time_to_regain_access\":2}]}\n";
	CHECK(reads("X-Business-Use-Case-Usage:{account}[].estimated_time_to_regain_access:minutes",
		  false, usage) == 180000);
	CHECK(reads("x-business-use-case-usage:\"8\"[].estimated_time_to_regain_access:minutes",
		  false, usage) == 120000);
	CHECK(reads("x-business-use-case-usage:{a}[].other", false, usage) == -1);
	CHECK(reads("u:a", false, "u: {\"a\":12.5}\n") == 12500 &&
	      reads("u:a", false, "u: {\"a\":\"3\"}\n") == 3000 &&
	      reads("u:a", false, "u: {\"a\":1e1}\n") == 10000);
	CHECK(reads("u:a", false, "u: {\"a\":\n") == -1 &&
	      reads("u:a", false, "u: {\"a\":null}\n") == -1);
	/* The last word is a unit only if it is one; a name of that kind goes in quotes. */
	CHECK(reads("u:\"minutes\"", false, "u: {\"minutes\":4}\n") == 4000);
	CHECK(reads("u:a.b:ms", true, "u: {\"a\":{\"b\":1795697330010}}\n") == 10);
}

static bool
is_wrong(const char *option, bool until)
{
	struct wait_header w;
	bool wrong = wait_header_parse(&w, slice_of(option), until);
	wait_header_free(&w);
	return wrong;
}

static void
test_wrong(void)
{
	CHECK(is_wrong("", false) && is_wrong(":seconds", false) && is_wrong("a b", false) &&
	      is_wrong("a:", false));
	CHECK(is_wrong("a:b..c", false) && is_wrong("a:b:c:", false));
	/* A unit of the other option, or none, is not taken for the name of a member. */
	CHECK(is_wrong("a:minutes", true) && is_wrong("a:s", false) && is_wrong("a:Hours", false));
	CHECK(!is_wrong("a:\"minutes\"", true) && !is_wrong("a:\"b:c\":ms", true));
}

static bool
passes(const char *option, bool above, const char *lines, const char *expected)
{
	struct wait_threshold t;
	struct buf value = {0};
	const char *wrong = wait_threshold_parse(&t, slice_of(option), above);
	CHECK(!wrong);
	bool passed = !wrong && wait_threshold_passed(&t, slice_of(lines), &value);
	CHECK(slice_is(buf_slice(&value), expected));
	wait_threshold_free(&t);
	buf_free(&value);
	return passed;
}

static void
test_thresholds(void)
{
	CHECK(passes("x-rate-limit-remaining=1", false, "X-Rate-Limit-Remaining: 0\n", "0"));
	CHECK(!passes("x-rate-limit-remaining=1", false, "X-Rate-Limit-Remaining: 1\n", ""));
	CHECK(!passes("x-rate-limit-remaining=1", false, "other: 0\n", ""));
	CHECK(!passes("a=1", false, "a: none\n", ""));
	CHECK(passes("u:app_id_util_pct=95 5m", true, "u: {\"app_id_util_pct\":95.01}\n", "95.01"));
	CHECK(!passes("u:app_id_util_pct=95", true, "u: {\"app_id_util_pct\":95}\n", ""));
	CHECK(passes("u:{a}[].call_count=95 60s", true,
	    "u: {\"1\":[{\"call_count\":3}],\"2\":[{\"call_count\":96}]}\n", "96"));
	CHECK(passes("u:\"a=b\"=9", true, "u: {\"a=b\":10}\n", "10"));
	struct wait_threshold t;
	CHECK(!wait_threshold_parse(&t, SLICE("a=1 90s"), false) && t.pause == 90000);
	wait_threshold_free(&t);
	CHECK(!wait_threshold_parse(&t, SLICE("a=1"), false) && t.pause == -1);
	wait_threshold_free(&t);
	const char *const wrong[] = {"a", "a=", "=1", "a=x", "a=1 soon", "a=1 5", "a:=1"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK(wait_threshold_parse(&t, slice_of(wrong[i]), false));
		wait_threshold_free(&t);
	}
}

static int64_t
limit(const char *lines)
{
	return ratelimit_wait(slice_of(lines), now);
}

static void
test_ratelimit(void)
{
	/* The current draft. */
	CHECK(limit("RateLimit: \"default\";r=0;t=30\n") == 30000 &&
	      limit("RateLimit: \"default\";r=50;t=30\n") == -1);
	CHECK(limit("RateLimit: \"burst\";r=0;t=2, \"day\";r=0;t=3600, \"x\";r=1;t=9999\n") ==
	      3600000);
	CHECK(limit("RateLimit: \"a,b;r=0\";r=5;t=7\n") == -1 &&
	      limit("RateLimit: \"a\";t=5;r=0;pk=:x=:\n") == 5000);
	CHECK(limit("RateLimit-Policy: \"burst\";q=5;w=10, \"day\";q=9;w=60\nRateLimit: "
		    "\"day\";r=0\n") == 60000);
	CHECK(limit("RateLimit: \"day\";r=0\n") == -1);
	CHECK(limit("RateLimit: \"a\" ; r=0 ; t=4\n") == 4000);
	CHECK(limit("RateLimit: \"a\";r=0;t=4\nRateLimit: \"b\";r=0;t=6\n") == 6000);
	/* Draft 7, and the three fields before it. */
	CHECK(limit("RateLimit: limit=100, remaining=0, reset=9\n") == 9000);
	CHECK(limit("RateLimit: limit=100, remaining=1, reset=9\n") == -1);
	CHECK(
	    limit("RateLimit-Limit: 100\nRateLimit-Remaining: 0\nRateLimit-Reset: 12\n") == 12000);
	CHECK(limit("RateLimit-Remaining: 1\nRateLimit-Reset: 12\n") == -1);
	CHECK(limit("RateLimit-Remaining: 0\n") == -1 && limit("RateLimit-Reset: 12\n") == -1);
	CHECK(limit("RateLimit-Remaining: 0\nRateLimit-Reset: 1795697331\n") == 1000);
	/* Not of the draft. */
	CHECK(limit("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 12\n") == -1);
	CHECK(limit("RateLimit: ,,;;==,\"\n") == -1 && limit("RateLimit: \"\\\n") == -1 &&
	      limit("") == -1);
}

int
main(void)
{
	test_retry_after();
	test_headers();
	test_json();
	test_wrong();
	test_thresholds();
	test_ratelimit();
	return unit_done("wait_header");
}
