/* SPDX-License-Identifier: MIT */
#include "common/web/url.h"
#include "common/text/ascii.h"

static const char hex[] = "0123456789ABCDEF";

static bool
is_unreserved(char c)
{
	return is_letter(c) || is_digit(c) || (c && strchr("-._~", c));
}

void
url_put_encoded(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char three[3] = {'%', hex[c >> 4], hex[c & 15]};
		if (is_unreserved(s.p[i]))
			buf_put_byte(b, s.p[i]);
		else
			buf_put(b, three, sizeof three);
	}
}

/* The value of a hexadecimal digit; false if c is not one. */
static bool
hex_digit(char c, unsigned *value)
{
	const char *at = c ? strchr(hex, c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c) : NULL;
	if (!at)
		return false;
	*value = (unsigned)(at - hex);
	return true;
}

/* The byte that the text from *i on means; moves *i past it. */
static char
take_decoded(struct slice s, size_t *i)
{
	unsigned high, low;
	char c = s.p[(*i)++];
	if (c == '%' && s.n - *i > 1 && hex_digit(s.p[*i], &high) && hex_digit(s.p[*i + 1], &low)) {
		*i += 2;
		return (char)(high << 4 | low);
	}
	return c == '+' ? ' ' : c;
}

void
url_put_decoded(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n;)
		buf_put_byte(b, take_decoded(s, &i));
}

struct parts {
	struct slice scheme; /* http or https, as written */
	struct slice user;   /* with its '@' */
	struct slice host, port;
	struct slice path;
	struct slice query; /* with its '?' */
};

/* The bytes of *s before the first one in set; *s keeps the rest. */
static struct slice
take_until(struct slice *s, const char *set)
{
	size_t n = 0;
	while (n < s->n && !(s->p[n] && strchr(set, s->p[n])))
		n++;
	struct slice head = {s->p, n};
	s->p += n;
	s->n -= n;
	return head;
}

static bool
starts(struct slice s, const char *text)
{
	size_t n = strlen(text);
	return s.n >= n && slice_equal_caseless((struct slice){s.p, n}, (struct slice){text, n});
}

static void
split_authority(struct slice authority, struct parts *u)
{
	for (size_t i = authority.n; i > 0; i--)
		if (authority.p[i - 1] == '@') {
			u->user = (struct slice){authority.p, i};
			authority.p += i;
			authority.n -= i;
			break;
		}
	u->host = authority;
	/* The last colon that is not inside [an IPv6 address]. */
	for (size_t i = authority.n; i > 0 && authority.p[i - 1] != ']'; i--)
		if (authority.p[i - 1] == ':') {
			u->host.n = i - 1;
			u->port = (struct slice){authority.p + i, authority.n - i};
			break;
		}
}

/* A backslash in the authority ends it for some programs and not for others: it could hide a host. */
static bool
is_plain(struct slice authority)
{
	for (size_t i = 0; i < authority.n; i++)
		if ((unsigned char)authority.p[i] <= ' ' || authority.p[i] == 0x7f ||
		    authority.p[i] == '\\')
			return false;
	return true;
}

static bool
split(struct slice url, struct parts *u)
{
	*u = (struct parts){0};
	if (!starts(url, "http://") && !starts(url, "https://"))
		return false;
	u->scheme = take_until(&url, ":");
	url.p += 3;
	url.n -= 3;
	struct slice authority = take_until(&url, "/?#");
	split_authority(authority, u);
	if (!is_plain(authority) || !u->host.n)
		return false;
	u->path = take_until(&url, "?#");
	u->query = take_until(&url, "#");
	return true;
}

bool
url_is_http(struct slice url)
{
	struct parts u;
	return split(url, &u);
}

void
url_put_shown(struct buf *b, struct slice url)
{
	struct parts u;
	if (!split(url, &u)) {
		buf_put_text(b, "(no http URL)");
		return;
	}
	buf_put_slice(b, u.scheme);
	buf_put_text(b, "://");
	buf_put_slice(b, u.host);
	if (u.port.n) {
		buf_put_byte(b, ':');
		buf_put_slice(b, u.port);
	}
	buf_put_slice(b, u.path);
	if (u.query.n)
		buf_put_text(b, "?\xe2\x80\xa6");
}

static struct slice
port_of(const struct parts *u)
{
	if (u->port.n)
		return u->port;
	return u->scheme.n == 5 ? SLICE("443") : SLICE("80");
}

bool
url_same_origin(struct slice a, struct slice b)
{
	struct parts u, v;
	return split(a, &u) && split(b, &v) && u.scheme.n == v.scheme.n &&
	       slice_equal_caseless(u.host, v.host) && slice_equal(port_of(&u), port_of(&v));
}

struct slice
url_host(struct slice url)
{
	struct parts u;
	return split(url, &u) ? u.host : (struct slice){0};
}

struct slice
url_port(struct slice url)
{
	struct parts u;
	return split(url, &u) ? port_of(&u) : (struct slice){0};
}

bool
url_is_https(struct slice url)
{
	struct parts u;
	return split(url, &u) && u.scheme.n == 5;
}

struct slice
url_path(struct slice url)
{
	struct parts u;
	return split(url, &u) ? u.path : (struct slice){0};
}

struct slice
url_query(struct slice url)
{
	struct parts u;
	if (!split(url, &u) || !u.query.n)
		return (struct slice){0};
	return (struct slice){u.query.p + 1, u.query.n - 1};
}

bool
url_ends_host(struct slice beginning)
{
	size_t slashes = 0;
	for (size_t i = 0; i < beginning.n; i++) {
		slashes += beginning.p[i] == '/';
		if (beginning.p[i] == '?' || beginning.p[i] == '#' || slashes == 3)
			return true;
	}
	return false;
}

bool
url_is_downgrade(struct slice from, struct slice to)
{
	struct parts u, v;
	return split(from, &u) && split(to, &v) && u.scheme.n == 5 && v.scheme.n == 4;
}

bool
url_has_user(struct slice url)
{
	struct parts u;
	return split(url, &u) && u.user.n;
}

static void
put_pair(struct buf *b, struct slice name, struct slice value)
{
	url_put_encoded(b, name);
	buf_put_byte(b, '=');
	url_put_encoded(b, value);
}

/* Whether encoded text, as it is in a query, means name. */
static bool
means(struct slice encoded, struct slice name)
{
	size_t at = 0;
	for (size_t i = 0; i < encoded.n; at++) {
		char c = take_decoded(encoded, &i);
		if (at == name.n || name.p[at] != c)
			return false;
	}
	return at == name.n;
}

static void
put_query(struct buf *b, struct slice url, struct slice name, struct slice value, bool replace)
{
	bool placed = false;
	char before = '?';
	buf_put_slice(b, take_until(&url, "?#"));
	struct slice query = take_until(&url, "#");
	while (query.n) {
		query.p++; /* '?' or '&' */
		query.n--;
		struct slice pair = take_until(&query, "&"), rest = pair;
		bool same = replace && means(take_until(&rest, "="), name);
		if (!pair.n || (same && placed))
			continue;
		buf_put_byte(b, before);
		before = '&';
		placed |= same;
		if (same)
			put_pair(b, name, value);
		else
			buf_put_slice(b, pair);
	}
	if (placed)
		return;
	buf_put_byte(b, before);
	put_pair(b, name, value);
}

void
url_put_param(struct buf *b, struct slice url, struct slice name, struct slice value)
{
	put_query(b, url, name, value, true);
}

void
url_put_more(struct buf *b, struct slice url, struct slice name, struct slice value)
{
	put_query(b, url, name, value, false);
}
