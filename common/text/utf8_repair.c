/* SPDX-License-Identifier: MIT */
#include "common/text/utf8_repair.h"
#include "common/text/utf8.h"

const char utf8_replacement[UTF8_REPLACEMENT_BYTES] = {'\xef', '\xbf', '\xbd'};

static size_t
length_by_lead(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Whether the second byte may follow the first (RFC 3629, section 4). */
static bool
may_follow(unsigned char lead, unsigned char second)
{
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	return second >= low && second <= high;
}

/* The bytes of s, not empty, that belong together; *good if they are a character, *cut if s ends within it. */
static size_t
sequence(struct slice s, bool *good, bool *cut)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = 1, whole = length_by_lead(p[0]);
	while (n < whole && n < s.n && (n == 1 ? may_follow(p[0], p[1]) : (p[n] & 0xc0) == 0x80))
		n++;
	*good = n == whole;
	*cut = n < whole && n == s.n;
	return n;
}

struct utf8_repair
utf8_repair(struct slice in, bool last, char *out, size_t cap)
{
	struct utf8_repair r = {0};
	size_t all = in.n < cap ? in.n : cap;
	if (utf8_valid((struct slice){in.p, all})) {
		if (all)
			memcpy(out, in.p, all);
		r.used = r.made = all;
		return r;
	}
	while (r.used < in.n && cap - r.made >= 4) {
		bool good, cut;
		size_t n = sequence((struct slice){in.p + r.used, in.n - r.used}, &good, &cut);
		if (cut && !last)
			break;
		memcpy(out + r.made, good ? in.p + r.used : utf8_replacement,
		    good ? n : UTF8_REPLACEMENT_BYTES);
		r.made += good ? n : UTF8_REPLACEMENT_BYTES;
		r.used += n;
		r.replaced += !good;
	}
	return r;
}
