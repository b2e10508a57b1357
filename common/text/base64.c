/* SPDX-License-Identifier: MIT */
#include "common/text/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_put(struct buf *b, struct slice s)
{
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

void
base64_put_url(struct buf *b, struct slice s)
{
	size_t start = b->n;
	base64_put(b, s);
	for (size_t i = start; !b->failed && i < b->n; i++)
		b->p[i] = b->p[i] == '+' ? '-' : b->p[i] == '/' ? '_' : b->p[i];
}

bool
base64_read(struct buf *b, struct slice text)
{
	uint32_t v = 0;
	unsigned bits = 0;
	while (text.n && text.p[text.n - 1] == '=')
		text.n--;
	for (size_t i = 0; i < text.n; i++) {
		const char *at = text.p[i] ? strchr(digits, text.p[i]) : NULL;
		if (!at)
			return false;
		v = v << 6 | (uint32_t)(at - digits);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		buf_put_byte(b, (char)(v >> bits));
	}
	/* One digit alone means no byte. */
	return text.n % 4 != 1 && !b->failed;
}
