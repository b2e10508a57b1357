/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/db/address.h"
#include "common/text/bytes.h"

/* USER:PASSWORD@HOST. The last "@" counts, for a password that should have been encoded may hold some. */
static bool
user_has_password(struct slice authority)
{
	const char *colon = memchr(authority.p, ':', authority.n);
	size_t at = authority.n;

	while (at > 0 && authority.p[at - 1] != '@')
		at--;
	return colon && at > 0 && colon + 1 < authority.p + at - 1;
}

/*
 * The authority ends at the first of "/?#", but a password that should have been encoded
 * may hold one of them. Then a ":" is before it, and no number of a port follows.
 */
static bool
cut_password(struct slice authority, const char *rest)
{
	const char *colon = memchr(authority.p, ':', authority.n);

	if (!colon || *authority.p == '[' || !strchr(rest, '@'))
		return false;
	/* Also of h1:5432,h2:5432, where each colon is followed by digits. */
	for (const char *p = colon, *end = authority.p + authority.n; p;
	     p = memchr(p, ':', (size_t)(end - p))) {
		p++;
		while (p < end && *p >= '0' && *p <= '9')
			p++;
		if (p < end && *p != ',')
			return true;
	}
	return false;
}

static bool
url_has_password(const char *to)
{
	const char *start = strstr(to, "//");

	/* "//" after "=" is part of a value. */
	if (!start || memchr(to, '=', (size_t)(start - to)))
		return false;
	start += 2;
	struct slice authority = {start, strcspn(start, "/?#")};
	if (memchr(authority.p, '@', authority.n))
		return user_has_password(authority);
	return cut_password(authority, authority.p + authority.n);
}

bool
db_address_has_password(const char *address)
{
	bool found = url_has_password(address);

	for (const char *p = address; !found && (p = strstr(p, "password")); p++) {
		const char *next = p + strlen("password");
		while (*next == ' ')
			next++;
		found = *next == '=' && (p == address || strchr("?& ", p[-1]));
	}
	return found;
}

const char *
db_address_password_option(const char *option)
{
	return strcmp(option, "--history") == 0 ? "--history-password" : "--password";
}
