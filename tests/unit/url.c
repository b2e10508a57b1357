/* SPDX-License-Identifier: MIT */
#include "common/web/url.h"
#include "tests/unit/unit.h"

static struct buf b;

static bool
built(const char *expected)
{
	bool good = slice_is(buf_slice(&b), expected);
	if (!good)
		fprintf(stderr, "got %.*s\n", (int)b.n, b.p);
	buf_reset(&b);
	return good;
}

static void
test_encoded(void)
{
	url_put_encoded(&b, SLICE("aZ09-._~"));
	CHECK(built("aZ09-._~"));
	url_put_encoded(&b, SLICE("a b&c=d/e?f#g+h%\"{}"));
	CHECK(built("a%20b%26c%3Dd%2Fe%3Ff%23g%2Bh%25%22%7B%7D"));
	url_put_encoded(&b, SLICE("\0\n\x7f"));
	CHECK(built("%00%0A%7F"));
	url_put_encoded(&b, SLICE("日"));
	CHECK(built("%E6%97%A5"));
}

static void
test_is_http(void)
{
	CHECK(url_is_http(SLICE("http://h")));
	CHECK(url_is_http(SLICE("HTTPS://h:1/p?q#f")));
	CHECK(url_is_http(SLICE("http://[::1]:8080/")));
	CHECK(!url_is_http(SLICE("")));
	CHECK(!url_is_http(SLICE("http:/h")));
	CHECK(!url_is_http(SLICE("http://")));
	CHECK(!url_is_http(SLICE("http:///path")));
	CHECK(!url_is_http(SLICE("http://:80/")));
	CHECK(!url_is_http(SLICE("ftp://h")));
	CHECK(!url_is_http(SLICE("file:///etc/passwd")));
	CHECK(!url_is_http(SLICE(" http://h")));
	/* One program would go to good, another to evil. */
	CHECK(!url_is_http(SLICE("https://good\\@evil/")));
	CHECK(!url_is_http(SLICE("https://good\\.evil/")));
	CHECK(!url_is_http(SLICE("https://good evil/")));
	CHECK(!url_is_http(SLICE("https://good\r\nHost: evil/")));
	CHECK(!url_is_http(SLICE("https://good\0.evil/")));
}

static void
test_shown(void)
{
	url_put_shown(&b, SLICE("https://user:secret@host:8443/a/b?token=secret#secret"));
	CHECK(built("https://host:8443/a/b?\xe2\x80\xa6"));
	url_put_shown(&b, SLICE("http://host"));
	CHECK(built("http://host"));
	url_put_shown(&b, SLICE("http://a@b@host/x"));
	CHECK(built("http://host/x"));
	url_put_shown(&b, SLICE("http://host?"));
	CHECK(built("http://host?\xe2\x80\xa6"));
	url_put_shown(&b, SLICE("secret"));
	CHECK(built("(no http URL)"));
	url_put_shown(&b, SLICE("http://secret\\@host/"));
	CHECK(built("(no http URL)"));
}

static void
test_origin(void)
{
	CHECK(url_same_origin(SLICE("http://h/a"), SLICE("http://H:80/b?c")));
	CHECK(url_same_origin(SLICE("https://h:443"), SLICE("HTTPS://h/")));
	CHECK(!url_same_origin(SLICE("https://h"), SLICE("http://h")));
	CHECK(!url_same_origin(SLICE("http://h:443"), SLICE("https://h:443")));
	CHECK(!url_same_origin(SLICE("http://h"), SLICE("http://h:8080")));
	CHECK(!url_same_origin(SLICE("http://h"), SLICE("http://h.evil")));
	CHECK(!url_same_origin(SLICE("http://h"), SLICE("http://h@evil")));
	CHECK(!url_same_origin(SLICE("http://h"), SLICE("http://h\\@evil")));
	CHECK(!url_same_origin(SLICE("http://h"), SLICE("//h")));
	CHECK(url_same_origin(SLICE("http://[::1]/"), SLICE("http://[::1]:80/")));
	CHECK(!url_same_origin(SLICE("http://[::1]:81/"), SLICE("http://[::1]/")));

	CHECK(url_has_user(SLICE("http://u@h/")));
	CHECK(url_has_user(SLICE("http://u:p@h/")));
	CHECK(!url_has_user(SLICE("http://h/u@x")));
	CHECK(!url_has_user(SLICE("http://h?u@x")));
	CHECK(!url_has_user(SLICE("u@h")));
}

static void
test_host(void)
{
	CHECK(slice_is(url_host(SLICE("https://u@h.example:1/x")), "h.example"));
	CHECK(slice_is(url_port(SLICE("https://h:8443/x")), "8443"));
	CHECK(slice_is(url_port(SLICE("https://[::1]/x")), "443"));
	CHECK(slice_is(url_port(SLICE("http://h:")), "80"));
	CHECK(url_port(SLICE("h:80")).n == 0);
	CHECK(url_is_https(SLICE("HTTPS://h")) && !url_is_https(SLICE("http://https")));
	CHECK(url_ends_host(SLICE("https://h/")));
	CHECK(url_ends_host(SLICE("https://h?a")));
	CHECK(url_ends_host(SLICE("https://h#")));
	CHECK(!url_ends_host(SLICE("https://h.example:80")));
	CHECK(!url_ends_host(SLICE("https://")));
	CHECK(!url_ends_host(SLICE("")));
}

static void
test_params(void)
{
	static const struct {
		const char *url, *name, *value, *set, *more;
	} cases[] = {
	    {"http://h", "a", "1", "http://h?a=1", "http://h?a=1"},
	    {"http://h/?a=0", "a", "1", "http://h/?a=1", "http://h/?a=0&a=1"},
	    {"http://h/?a=0&b=2&a=3", "a", "1", "http://h/?a=1&b=2", "http://h/?a=0&b=2&a=3&a=1"},
	    {"http://h/?ab=0", "a", "1", "http://h/?ab=0&a=1", "http://h/?ab=0&a=1"},
	    {"http://h/?a", "a", "1", "http://h/?a=1", "http://h/?a&a=1"},
	    {"http://h/?b=a=0", "a", "x y&", "http://h/?b=a=0&a=x%20y%26",
		"http://h/?b=a=0&a=x%20y%26"},
	    {"http://h/?&&b=1&", "a", "", "http://h/?b=1&a=", "http://h/?b=1&a="},
	    {"http://h/?", "a", "1", "http://h/?a=1", "http://h/?a=1"},
	    {"http://h/#?a=0", "a", "1", "http://h/?a=1", "http://h/?a=1"},
	    {"http://h/?a=0#x", "a", "1", "http://h/?a=1", "http://h/?a=0&a=1"},
	    /* A name that is written encoded is the same name. */
	    {"http://h/?page%5Bsize%5D=9", "page[size]", "1", "http://h/?page%5Bsize%5D=1",
		"http://h/?page%5Bsize%5D=9&page%5Bsize%5D=1"},
	    {"http://h/?a+b=9", "a b", "1", "http://h/?a%20b=1", "http://h/?a+b=9&a%20b=1"},
	    /* A percent sign without two digits after it is one. */
	    {"http://h/?a%4=9", "a", "1", "http://h/?a%4=9&a=1", "http://h/?a%4=9&a=1"},
	    {"http://h/?%zz=9&%", "%", "1", "http://h/?%zz=9&%25=1", "http://h/?%zz=9&%&%25=1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice url = slice_of(cases[i].url), name = slice_of(cases[i].name);
		url_put_param(&b, url, name, slice_of(cases[i].value));
		CHECK(built(cases[i].set));
		url_put_more(&b, url, name, slice_of(cases[i].value));
		CHECK(built(cases[i].more));
	}
}

int
main(void)
{
	test_encoded();
	test_is_http();
	test_shown();
	test_origin();
	test_host();
	test_params();
	buf_free(&b);
	return unit_done("url");
}
