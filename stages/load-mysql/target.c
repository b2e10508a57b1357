/* SPDX-License-Identifier: MIT */
#include "stages/load-mysql/target.h"

#include <stdlib.h>

#include "common/load/load.h"
#include "common/program/message.h"
#include "common/text/bytes.h"

enum { CONNECT_TIMEOUT_SECONDS = 30, PORT_MAX = 65535 };

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A part of the URL without its percent-encoding; NULL when it is empty. */
static char *
decode(struct slice part, const char *what)
{
	struct buf b = {0};

	for (size_t i = 0; i < part.n; i++) {
		if (part.p[i] != '%') {
			buf_put_byte(&b, part.p[i]);
			continue;
		}
		int high = i + 2 < part.n ? hex_digit(part.p[i + 1]) : -1;
		int low = i + 2 < part.n ? hex_digit(part.p[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0)
			die(STATUS_USAGE, "--to: the %s has a %% without two hexadecimal digits",
			    what);
		buf_put_byte(&b, (char)(high << 4 | low));
		i += 2;
	}
	buf_check(&b, "--to", NULL);
	char *text = b.n > 0 ? xstring(buf_slice(&b)) : NULL;
	buf_free(&b);
	return text;
}

/* Takes what stands before the first of the stops away from s; *found is the stop, or 0. */
static struct slice
cut_before(struct slice *s, const char *stops, char *found)
{
	size_t n = 0;

	while (n < s->n && !strchr(stops, s->p[n]))
		n++;
	struct slice part = {s->p, n};
	*found = n < s->n ? s->p[n] : '\0';
	n += n < s->n;
	*s = (struct slice){s->p + n, s->n - n};
	return part;
}

static unsigned
number(struct slice text, int64_t high, const char *what)
{
	int64_t n = 0;

	if (!parse_integer(text, 0, high, &n))
		die(STATUS_USAGE, "--to: the %s is not a number from 0 to %lld", what,
		    (long long)high);
	return (unsigned)n;
}

static void
parse_option(struct target *t, struct slice name, struct slice value)
{
	const struct {
		const char *name;
		char **to;
	} texts[] = {
	    {"socket", &t->socket},
	    {"defaults-file", &t->defaults_file},
	    {"ssl-ca", &t->ssl_ca},
	    {"ssl-cert", &t->ssl_cert},
	    {"ssl-key", &t->ssl_key},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (slice_is(name, texts[i].name)) {
			*texts[i].to = decode(value, texts[i].name);
			return;
		}
	if (slice_is(name, "connect-timeout"))
		t->connect_timeout = number(value, 86400, "connect-timeout");
	else if (slice_is(name, "local-infile"))
		t->no_local_infile = number(value, 1, "local-infile") == 0;
	else
		die(STATUS_USAGE,
		    "--to: there is no option %s (there are socket, defaults-file, ssl-ca, "
		    "ssl-cert, "
		    "ssl-key, connect-timeout, local-infile)",
		    quoted(name));
}

/* [HOST][:PORT], the host of an IPv6 address in brackets. */
static void
parse_host(struct target *t, struct slice s)
{
	char found = '\0';
	bool bracket = s.n > 0 && *s.p == '[';

	if (bracket)
		s = (struct slice){s.p + 1, s.n - 1};
	t->host = decode(cut_before(&s, bracket ? "]" : ":", &found), "host");
	if (bracket && found == ']')
		found = s.n > 0 ? *s.p : '\0';
	else if (bracket)
		die(STATUS_USAGE, "--to: the host has a [ without its ]");
	if (bracket && s.n > 0)
		s = (struct slice){s.p + 1, s.n - 1};
	if (bracket && found != ':' && found != '\0')
		die(STATUS_USAGE, "--to: the host has text behind its ]");
	if (found == ':')
		t->port = number(s, PORT_MAX, "port");
}

void
target_parse(struct target *t, const char *url)
{
	static const char scheme[] = "mysql://";
	struct slice rest = slice_of(url);
	char found = '\0';

	*t = (struct target){.connect_timeout = CONNECT_TIMEOUT_SECONDS};
	load_refuse_password(url);
	if (strncmp(url, scheme, sizeof(scheme) - 1) != 0)
		die(STATUS_USAGE, "--to wants a URL as mysql://USER@HOST:PORT/DATABASE or "
				  "mysql://USER@/DATABASE?socket=PATH");
	rest = (struct slice){rest.p + sizeof(scheme) - 1, rest.n - (sizeof(scheme) - 1)};
	struct slice authority = cut_before(&rest, "/?", &found);
	if (found == '/')
		t->database = decode(cut_before(&rest, "?", &found), "database");
	const char *at = memchr(authority.p, '@', authority.n);
	if (at) {
		t->user = decode((struct slice){authority.p, (size_t)(at - authority.p)}, "user");
		size_t n = (size_t)(at - authority.p) + 1;
		authority = (struct slice){authority.p + n, authority.n - n};
	}
	parse_host(t, authority);
	while (rest.n > 0) {
		struct slice option = cut_before(&rest, "&", &found);
		struct slice name = cut_before(&option, "=", &found);
		parse_option(t, name, option);
	}
}
