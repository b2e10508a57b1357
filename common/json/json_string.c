/* SPDX-License-Identifier: MIT */
#include "common/json/json_read_impl.h"
#include "common/json/json_scan.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

static const char no_end[] = "a string has no end";
static const char lone[] = "a lone surrogate in a string";

static int
hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits at p, or -1. */
static int32_t
hex_four(const char *p)
{
	int32_t v = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(p[i]);
		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

/* \uXXXX at p is half a pair. */
static enum step
lone_surrogate(struct json_reader *r, const char *p, struct buf *to)
{
	if (!r->rules.lone_replaced) {
		json_fail(r, p, lone, (struct slice){p, 6});
		return STEP_BAD;
	}
	++*r->rules.lone_replaced;
	buf_put_text(to, "\xef\xbf\xbd");
	r->p = p + 6;
	return STEP_ON;
}

/* \uXXXX at p (the backslash), a surrogate with its other half. */
static enum step
escape_unicode(struct json_reader *r, const char *p, struct buf *to)
{
	if (r->end - p < 6)
		return json_cut(r, no_end);
	int32_t c = hex_four(p + 2);
	size_t n = 6;
	if (c < 0) {
		json_fail(r, p, "\\u without four hexadecimal digits", (struct slice){p, n});
		return STEP_BAD;
	}
	if (c >= 0xdc00 && c <= 0xdfff)
		return lone_surrogate(r, p, to);
	if (c >= 0xd800 && c <= 0xdbff) {
		if (r->end - p < 12 && !r->last)
			return STEP_MORE;
		int32_t low =
		    r->end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex_four(p + 8) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return lone_surrogate(r, p, to);
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		n = 12;
	}
	char utf8[4];
	buf_put(to, utf8, utf8_encode((uint32_t)c, utf8));
	r->p = p + n;
	return STEP_ON;
}

static enum step
escape(struct json_reader *r, const char *p, struct buf *to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	if (r->end - p < 2)
		return json_cut(r, no_end);
	if (p[1] == 'u')
		return escape_unicode(r, p, to);
	const char *known = p[1] ? strchr(from, p[1]) : NULL;
	if (!known) {
		json_fail(r, p, "an unknown escape in a string", (struct slice){p, 2});
		return STEP_BAD;
	}
	buf_put_byte(to, into[known - from]);
	r->p = p + 2;
	return STEP_ON;
}

/*
 * The bytes at p are not allowed in a string, unless the block ends within a
 * character.
 */
static enum step
bad_byte(struct json_reader *r, const char *p)
{
	if ((unsigned char)*p < 0x20)
		return json_bad(r, p, "a control character in a string");
	if (!r->last && r->end - p < 4) {
		/* A valid beginning of a character: the next bytes decide. */
		static const char rest[3] = {'\x80', '\x80', '\x80'};
		static const char high[3] = {'\xbf', '\xbf', '\xbf'};
		char low_end[8], high_end[8];
		size_t n = (size_t)(r->end - p);
		memcpy(low_end, p, n);
		memcpy(low_end + n, rest, 3);
		memcpy(high_end, p, n);
		memcpy(high_end + n, high, 3);
		if (json_scan_text(low_end, low_end + n + 3) >= low_end + n ||
		    json_scan_text(high_end, high_end + n + 3) >= high_end + n)
			return STEP_MORE;
	}
	return json_bad(r, p, "invalid UTF-8");
}

enum step
json_string_rest(struct json_reader *r, struct buf *to)
{
	for (;;) {
		const char *p = r->p, *q = json_scan_text(p, r->end);
		buf_put(to, p, (size_t)(q - p));
		r->p = q;
		if (to->failed) {
			json_fail_full(r);
			return STEP_BAD;
		}
		if (q == r->end)
			return json_cut(r, no_end);
		if (*q == '"') {
			r->p = q + 1;
			return STEP_ON;
		}
		enum step step = *q == '\\' ? escape(r, q, to) : bad_byte(r, q);
		if (step != STEP_ON)
			return step;
	}
}
