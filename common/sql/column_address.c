/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "common/sql/column_impl.h"

/*
 * Servers read more spellings than there are: 010.0.0.1 is 10.0.0.1 to one and 8.0.0.1 to another, and a
 * NUL at the end is dropped. So an address is parsed here, strictly, and goes in as it is usually written.
 */
bool
column_fit_address(const struct column *c, const struct value *in, struct value *out,
    struct buf *scratch, struct reject_reason *why)
{
	int family = c->kind == COLUMN_INET4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr address; /* has room for both */

	if (in->type != VALUE_TEXT)
		return column_wrong_type(c, in, why);
	bool good = in->s.n > 0 && in->s.n < sizeof text && !memchr(in->s.p, '\0', in->s.n);
	if (good)
		memcpy(text, in->s.p, in->s.n);
	if (!good || inet_pton(family, text, &address) != 1)
		return column_refuse(why, "inet", "is not an %s",
		    family == AF_INET ? "IPv4 address: four numbers from 0 to 255 without leading "
					"zeros"
				      : "IPv6 address");
	if (!inet_ntop(family, &address, text, sizeof text))
		return column_refuse(why, "inet", "cannot be written as an address");
	buf_put_text(scratch, text);
	column_set_text(out, VALUE_TEXT, buf_slice(scratch));
	return true;
}
