/* SPDX-License-Identifier: MIT */
#include "common/web/host_rule.h"
#include "common/text/ascii.h"
#include "common/web/url.h"

enum { PORT_DIGITS_MAX = 5 };

static const char malformed[] = "is not HOST, HOST:PORT or *.DOMAIN";

static bool
is_name_character(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
}

/* Of an IPv6 address. */
static bool
is_address_character(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
	       c == '.';
}

static bool
is_port(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n && s.n <= PORT_DIGITS_MAX && s.p[0] != '0';
}

/* The length of the host at the start of s, or 0. */
static size_t
host_length(struct slice s)
{
	bool address = s.n && s.p[0] == '[';
	size_t n = address;
	while (n < s.n && (address ? is_address_character(s.p[n]) : is_name_character(s.p[n])))
		n++;
	if (!address)
		return n;
	return n > 1 && n < s.n && s.p[n] == ']' ? n + 1 : 0;
}

/* A domain that people register names in, such as com, is too wide; an IPv4 address has no hosts below it. */
static bool
is_domain(struct slice host)
{
	return host.n && host.p[0] != '.' && host.p[0] != '[' && memchr(host.p, '.', host.n - 1) &&
	       !is_digit(host.p[host.n - 1]);
}

const char *
host_rule_parse(struct host_rule *rule, struct slice text)
{
	struct slice rest = text;
	*rule = (struct host_rule){0};
	if (slice_is(text, "*"))
		return "means every host: give --any-host, which sends no credentials";
	if (url_is_http(text))
		return "is a URL: give HOST or HOST:PORT";
	rule->below = text.n > 2 && text.p[0] == '*' && text.p[1] == '.';
	if (rule->below)
		rest = (struct slice){text.p + 2, text.n - 2};
	rule->host = (struct slice){rest.p, host_length(rest)};
	if (!rule->host.n)
		return malformed;
	if (rule->below && !is_domain(rule->host))
		return "is too wide: give a domain of two labels or more after the *";
	if (rule->host.n == rest.n)
		return NULL;
	rule->port = (struct slice){rest.p + rule->host.n + 1, rest.n - rule->host.n - 1};
	return rest.p[rule->host.n] == ':' && is_port(rule->port) ? NULL : malformed;
}

static bool
matches_host(const struct host_rule *rule, struct slice host)
{
	size_t n = rule->host.n;
	if (!rule->below)
		return slice_equal_caseless(host, rule->host);
	if (host.n < n + 2 || host.p[host.n - n - 1] != '.')
		return false;
	return slice_equal_caseless((struct slice){host.p + host.n - n, n}, rule->host);
}

bool
host_rule_matches(const struct host_rule *rule, struct slice url)
{
	bool tls = url_is_https(url);
	struct slice port = url_port(url);
	if (!url_is_http(url) || !matches_host(rule, url_host(url)))
		return false;
	if (!rule->port.n)
		return tls && slice_is(port, "443");
	return slice_equal(port, rule->port) && (tls || !slice_is(port, "443"));
}

void
host_rule_put(struct buf *b, struct slice url)
{
	buf_put_slice(b, url_host(url));
	if (url_is_https(url) && slice_is(url_port(url), "443"))
		return;
	buf_put_byte(b, ':');
	buf_put_slice(b, url_port(url));
}
