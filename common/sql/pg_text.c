/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "common/sql/pg_text.h"
#include "common/sql/pg_text_impl.h"
#include "common/text/ascii.h"

struct address {
	int family;
	unsigned char bytes[16];
	unsigned mask;
};

/* "10.0.0.1", "fe80::1/64"; nothing shorter than a whole address, which older rules of classes would complete. */
static bool
read_address(struct slice s, struct address *a)
{
	char text[64];
	const char *slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;
	size_t n = slash ? (size_t)(slash - s.p) : s.n;

	*a = (struct address){0};
	if (n >= sizeof text)
		return false;
	memcpy(text, s.p, n);
	text[n] = '\0';
	a->family = n > 0 && memchr(s.p, ':', n) ? AF_INET6 : AF_INET;
	a->mask = a->family == AF_INET ? 32 : 128;
	if (inet_pton(a->family, text, a->bytes) != 1)
		return false;
	if (!slash)
		return true;
	a->mask = 0;
	for (size_t i = n + 1; i < s.n; i++) {
		if (!is_digit(s.p[i]) || a->mask > 128)
			return false;
		a->mask = a->mask * 10 + (unsigned)(s.p[i] - '0');
	}
	return n + 1 < s.n;
}

static bool
same_address(struct slice given, struct slice read)
{
	struct address a, b;

	return read_address(given, &a) && read_address(read, &b) && a.family == b.family &&
	       a.mask == b.mask && memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

/* The digits of a MAC address; 0 if there is something else, or too much. */
static size_t
mac_digits(struct slice s, char digits[16])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == ':' || c == '-' || c == '.')
			continue;
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (n == 16 || !(is_digit(c) || (c >= 'a' && c <= 'f')))
			return 0;
		digits[n++] = c;
	}
	return n;
}

static bool
same_mac(struct slice given, struct slice read)
{
	char a[16], b[16];
	size_t n = mac_digits(given, a);

	return n > 0 && n == mac_digits(read, b) && memcmp(a, b, n) == 0;
}

bool
pg_text_same(enum pg_text_rule rule, struct slice given, struct slice read)
{
	if (slice_equal(given, read))
		return true;
	switch (rule) {
	case PG_TEXT_EXACT:
		break;
	case PG_TEXT_INET:
		return same_address(given, read);
	case PG_TEXT_MACADDR:
		return same_mac(given, read);
	case PG_TEXT_INTERVAL:
		return pg_text_same_interval(given, read);
	case PG_TEXT_INTEGERS:
	case PG_TEXT_NUMERICS:
	case PG_TEXT_DATES:
	case PG_TEXT_DATETIMES:
		return pg_text_same_ranges(rule, given, read);
	case PG_TEXT_HSTORE:
		return pg_text_same_hstore(given, read);
	case PG_TEXT_SYNTAX:
		return pg_text_same_syntax(given, read);
	case PG_TEXT_NAME:
		return pg_text_is_name(given);
	case PG_TEXT_GEOMETRY:
		return pg_text_same_geometry(given, read);
	}
	return false;
}
