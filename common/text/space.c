/* SPDX-License-Identifier: MIT */
#include "common/text/space.h"

/* Bytes of the white space at the front. */
static size_t
space_at(struct slice s)
{
	if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		return 1;
	if (s.n >= 2 && memcmp(s.p, "\xc2\xa0", 2) == 0)
		return 2;
	return s.n >= 3 && memcmp(s.p, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

static size_t
space_before_end(struct slice s)
{
	for (size_t n = 1; n <= 3 && n <= s.n; n++)
		if (space_at((struct slice){s.p + s.n - n, n}) == n)
			return n;
	return 0;
}

struct slice
space_trim(struct slice s)
{
	size_t n;
	while ((n = space_at(s)) > 0) {
		s.p += n;
		s.n -= n;
	}
	while ((n = space_before_end(s)) > 0)
		s.n -= n;
	return s;
}

bool
fullwidth_fold(struct slice s, struct buf *out)
{
	size_t start = out->n;
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char *c = (const unsigned char *)s.p + i;
		bool low = s.n - i >= 3 && c[0] == 0xef && c[1] == 0xbc && c[2] >= 0x81;
		bool high = s.n - i >= 3 && c[0] == 0xef && c[1] == 0xbd && c[2] <= 0x9e;
		if (low || high) {
			buf_put_byte(out, (char)(c[2] - (low ? 0x60 : 0x20)));
			i += 2;
		} else {
			buf_put_byte(out, s.p[i]);
		}
	}
	return out->n - start != s.n;
}
