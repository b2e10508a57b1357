/* SPDX-License-Identifier: MIT */
#include "common/text/base64.h"

void
base64_put(struct buf *b, struct slice s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *start = buf_reserve(b, s.n / 3 * 4 + 4), *o = start;
	if (!o)
		return;
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)(left > 1 ? p[i + 1] : 0) << 8 |
			     (left > 2 ? p[i + 2] : 0);
		*o++ = digits[v >> 18];
		*o++ = digits[v >> 12 & 63];
		*o++ = (char)(left > 1 ? digits[v >> 6 & 63] : '=');
		*o++ = (char)(left > 2 ? digits[v & 63] : '=');
	}
	b->n += (size_t)(o - start);
}
