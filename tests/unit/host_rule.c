/* SPDX-License-Identifier: MIT */
#include "common/web/host_rule.h"
#include "tests/unit/unit.h"

static bool
means(const char *text, const char *url)
{
	struct host_rule rule;
	const char *wrong = host_rule_parse(&rule, slice_of(text));
	if (wrong)
		fprintf(stderr, "%s %s\n", text, wrong);
	return !wrong && host_rule_matches(&rule, slice_of(url));
}

static bool
refused(const char *text)
{
	struct host_rule rule;
	return host_rule_parse(&rule, slice_of(text));
}

static void
test_hosts(void)
{
	CHECK(means("api.example.com", "https://api.example.com/x"));
	CHECK(means("API.example.com", "HTTPS://api.EXAMPLE.com:443"));
	CHECK(means("[::1]:8080", "http://[::1]:8080/"));
	CHECK(means("127.0.0.1:81", "http://127.0.0.1:81/"));
	CHECK(means("a_b", "https://a_b?x"));
	CHECK(!means("api.example.com", "https://api.example.com.evil/"));
	CHECK(!means("api.example.com", "https://xapi.example.com/"));
	CHECK(!means("api.example.com", "https://evil/api.example.com"));
	CHECK(!means("api.example.com", "https://evil\\@api.example.com/"));
	CHECK(!means("api.example.com", "https://api.example.com./"));
	CHECK(!means("api.example.com", "https://api%2eexample.com/"));
	CHECK(!means("api.example.com", "api.example.com"));
	CHECK(!means("127.0.0.1:81", "http://127.1:81/"));
}

static void
test_ports(void)
{
	CHECK(!means("h.example", "http://h.example/"));
	CHECK(!means("h.example", "https://h.example:8443/"));
	CHECK(!means("h.example", "http://h.example:443/"));
	CHECK(!means("h.example:443", "http://h.example:443/"));
	CHECK(means("h.example:443", "https://h.example/"));
	CHECK(means("h.example:80", "http://h.example/"));
	CHECK(!means("h.example:80", "https://h.example/"));
	CHECK(means("h.example:8443", "https://h.example:8443/"));
	CHECK(!means("h.example:80", "http://h.example:080/"));
}

static void
test_domains(void)
{
	CHECK(means("*.example.com", "https://a.example.com/"));
	CHECK(means("*.example.com", "https://a.B.Example.com/"));
	CHECK(!means("*.example.com", "https://example.com/"));
	CHECK(!means("*.example.com", "https://.example.com/"));
	CHECK(!means("*.example.com", "https://evilexample.com/"));
	CHECK(!means("*.example.com", "https://a.example.com.evil/"));
	CHECK(means("*.example.com:81", "http://a.example.com:81/"));
}

static void
test_faults(void)
{
	static const char *const bad[] = {"", "*", "*.", "*.com", "*..com", "*.com.", "*.0.0.1",
	    "*.[::1]", "a*", "a.*.com", "*a.com", "http://h", "h/", "h:", "h:0", "h:080",
	    "h:123456", "h:x", "h:1/", "u@h", "[", "[]", "[::1", "[::1]x", "[h]", "::1", ":80",
	    "h h", "h\xc3\xa4", NULL};
	for (size_t i = 0; bad[i]; i++)
		if (!refused(bad[i])) {
			fprintf(stderr, "accepted: %s\n", bad[i]);
			CHECK(false);
		}
}

static void
test_put(void)
{
	struct buf b = {0};
	host_rule_put(&b, SLICE("https://h.example/x"));
	buf_put_byte(&b, ' ');
	host_rule_put(&b, SLICE("http://h.example/x"));
	buf_put_byte(&b, ' ');
	host_rule_put(&b, SLICE("https://[::1]:8443"));
	CHECK(slice_is(buf_slice(&b), "h.example h.example:80 [::1]:8443"));
	buf_free(&b);
}

int
main(void)
{
	test_hosts();
	test_ports();
	test_domains();
	test_faults();
	test_put();
	return unit_done("host_rule");
}
