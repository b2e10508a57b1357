/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "common/db/address.h"
#include "common/db/mysql/quote.h"
#include "common/db/mysql/target.h"
#include "common/text/bytes.h"

enum {
	CONNECT_TIMEOUT_SECONDS = 30,
	NETWORK_TIMEOUT_SECONDS = 120,
	DAY_SECONDS = 86400,
	PORT_MAX = 65535,
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A part of the URL without its percent-encoding; *text is NULL when it is empty. */
static bool
decode(struct slice part, const char *what, char **text, struct db_error *e)
{
	struct buf b = {0};

	for (size_t i = 0; i < part.n; i++) {
		if (part.p[i] != '%') {
			buf_put_byte(&b, part.p[i]);
			continue;
		}
		int high = i + 2 < part.n ? hex_digit(part.p[i + 1]) : -1;
		int low = i + 2 < part.n ? hex_digit(part.p[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0) {
			buf_free(&b);
			return db_error_set(e, STATUS_USAGE, NULL,
			    "the %s has a %% without two hexadecimal digits", what);
		}
		buf_put_byte(&b, (char)(high << 4 | low));
		i += 2;
	}
	buf_put_byte(&b, '\0');
	if (b.failed) {
		buf_free(&b);
		return db_error_memory(e, "the address");
	}
	free(*text);
	*text = b.p;
	if (b.n == 1) {
		buf_free(&b);
		*text = NULL;
	}
	return true;
}

/* Cuts the part before the first of the stops off s; *found is the stop, or 0. */
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

static bool
number(struct slice text, int64_t low, int64_t high, const char *what, unsigned *to,
    struct db_error *e)
{
	int64_t n = 0;

	if (!parse_integer(text, low, high, &n))
		return db_error_set(e, STATUS_USAGE, NULL,
		    "the %s is not a number from %" PRId64 " to %" PRId64, what, low, high);
	*to = (unsigned)n;
	return true;
}

static bool
unknown_option(struct slice name, struct db_error *e)
{
	struct buf shown = {0};

	quote_put(&shown, name);
	if (shown.failed)
		db_error_memory(e, "a message");
	else
		db_error_set(e, STATUS_USAGE, NULL,
		    "there is no option %.*s (there are socket, defaults-file, ssl-ca, "
		    "ssl-cert, ssl-key, connect-timeout, network-timeout, local-infile)",
		    (int)shown.n, shown.p);
	buf_free(&shown);
	return false;
}

static bool
parse_option(struct target *t, struct slice name, struct slice value, struct db_error *e)
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
	unsigned local = 0;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (slice_is(name, texts[i].name))
			return decode(value, texts[i].name, texts[i].to, e);
	if (slice_is(name, "connect-timeout"))
		return number(value, 0, DAY_SECONDS, "connect-timeout", &t->connect_timeout, e);
	if (slice_is(name, "network-timeout"))
		return number(value, 1, DAY_SECONDS, "network-timeout", &t->network_timeout, e);
	if (!slice_is(name, "local-infile"))
		return unknown_option(name, e);
	if (!number(value, 0, 1, "local-infile", &local, e))
		return false;
	t->no_local_infile = local == 0;
	return true;
}

/* [HOST][:PORT], the host of an IPv6 address in brackets. */
static bool
parse_host(struct target *t, struct slice s, struct db_error *e)
{
	char found = '\0';
	bool bracket = s.n > 0 && *s.p == '[';

	if (bracket)
		s = (struct slice){s.p + 1, s.n - 1};
	if (!decode(cut_before(&s, bracket ? "]" : ":", &found), "host", &t->host, e))
		return false;
	if (bracket && found == ']')
		found = s.n > 0 ? *s.p : '\0';
	else if (bracket)
		return db_error_set(e, STATUS_USAGE, NULL, "the host has a [ without its ]");
	if (bracket && s.n > 0)
		s = (struct slice){s.p + 1, s.n - 1};
	if (bracket && found != ':' && found != '\0')
		return db_error_set(e, STATUS_USAGE, NULL, "the host has text after its ]");
	return found != ':' || number(s, 0, PORT_MAX, "port", &t->port, e);
}

/* USER@HOST:PORT */
static bool
parse_authority(struct target *t, struct slice authority, struct db_error *e)
{
	const char *at = authority.n > 0 ? memchr(authority.p, '@', authority.n) : NULL;

	if (at) {
		size_t n = (size_t)(at - authority.p);
		if (!decode((struct slice){authority.p, n}, "user", &t->user, e))
			return false;
		authority = (struct slice){at + 1, authority.n - n - 1};
	}
	return parse_host(t, authority, e);
}

/* rest: the URL after its scheme. */
static bool
parse(struct target *t, struct slice rest, struct db_error *e)
{
	char found = '\0';

	struct slice authority = cut_before(&rest, "/?", &found);
	if (found == '/' && !decode(cut_before(&rest, "?", &found), "database", &t->database, e))
		return false;
	if (!parse_authority(t, authority, e))
		return false;
	while (rest.n > 0) {
		struct slice option = cut_before(&rest, "&", &found);
		struct slice name = cut_before(&option, "=", &found);
		if (!parse_option(t, name, option, e))
			return false;
	}
	return true;
}

bool
target_parse(struct target *t, const char *url, const char *option, struct db_error *e)
{
	static const char scheme[] = "mysql://";
	struct db_error wrong = {0};

	*t = (struct target){
	    .connect_timeout = CONNECT_TIMEOUT_SECONDS, .network_timeout = NETWORK_TIMEOUT_SECONDS};
	if (db_address_has_password(url))
		return db_error_set(e, STATUS_USAGE, NULL,
		    "%s holds a password, which every user of the machine can see: leave it out "
		    "and name it with %s env:NAME or file:PATH",
		    option, db_address_password_option(option));
	if (strncmp(url, scheme, sizeof scheme - 1) != 0)
		return db_error_set(e, STATUS_USAGE, NULL,
		    "%s wants a URL as mysql://USER@HOST:PORT/DATABASE or "
		    "mysql://USER@/DATABASE?socket=PATH",
		    option);
	return parse(t, slice_of(url + sizeof scheme - 1), &wrong) ||
	       db_error_set(e, wrong.status, NULL, "%s: %s", option, wrong.text);
}

void
target_free(struct target *t)
{
	free(t->user);
	free(t->host);
	free(t->database);
	free(t->socket);
	free(t->defaults_file);
	free(t->ssl_ca);
	free(t->ssl_cert);
	free(t->ssl_key);
	*t = (struct target){0};
}
