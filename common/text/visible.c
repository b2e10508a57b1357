/* SPDX-License-Identifier: MIT */
#include "common/text/visible.h"
#include "common/text/utf8.h"

enum kind { PLAIN, HIDDEN, SELECTOR, JOINER };

struct range {
	uint32_t first, last;
	enum kind kind;
};

/* Everything from U+0080 that is not plain, in order; the header names the properties. */
static const struct range ranges[] = {
    {0x0080, 0x00a0, HIDDEN},                             /* controls, no-break space */
    {0x00ad, 0x00ad, HIDDEN},                             /* soft hyphen */
    {0x034f, 0x034f, HIDDEN},                             /* combining grapheme joiner */
    {0x061c, 0x061c, HIDDEN},                             /* Arabic letter mark */
    {0x115f, 0x1160, HIDDEN},                             /* Hangul fillers */
    {0x1680, 0x1680, HIDDEN},                             /* Ogham space */
    {0x17b4, 0x17b5, HIDDEN},                             /* Khmer inherent vowels */
    {0x180b, 0x180d, SELECTOR}, {0x180e, 0x180e, HIDDEN}, /* Mongolian vowel separator */
    {0x180f, 0x180f, SELECTOR}, {0x2000, 0x200b, HIDDEN}, /* spaces, zero width space */
    {0x200c, 0x200d, JOINER}, {0x200e, 0x200f, HIDDEN},   /* marks of direction */
    {0x2028, 0x202f, HIDDEN}, /* separators, embeddings and overrides, narrow no-break space */
    {0x205f, 0x206f, HIDDEN}, /* math space, word joiner, isolates */
    {0x2800, 0x2800, HIDDEN}, /* empty Braille pattern */
    {0x3000, 0x3000, HIDDEN}, /* ideographic space */
    {0x3164, 0x3164, HIDDEN}, /* Hangul filler */
    {0xe000, 0xf8ff, HIDDEN}, /* private use */
    {0xfdd0, 0xfdef, HIDDEN}, /* noncharacters */
    {0xfe00, 0xfe0f, SELECTOR}, {0xfeff, 0xfeff, HIDDEN}, /* byte order mark */
    {0xffa0, 0xffa0, HIDDEN},                             /* halfwidth Hangul filler */
    {0xfff0, 0xfffb, HIDDEN},                             /* reserved, interlinear annotations */
    {0x1bca0, 0x1bca3, HIDDEN},                           /* shorthand format controls */
    {0x1d173, 0x1d17a, HIDDEN},                           /* musical format controls */
    {0xe0000, 0xe00ff, HIDDEN},                           /* tags */
    {0xe0100, 0xe01ef, SELECTOR}, {0xe01f0, 0xe0fff, HIDDEN}, /* reserved */
    {0xf0000, 0x10ffff, HIDDEN},                              /* private use */
};

static enum kind
kind_of(uint32_t c)
{
	if (c < 0x80)
		return c < 0x20 || c == 0x7f ? HIDDEN : PLAIN;
	if ((c & 0xfffe) == 0xfffe)
		return HIDDEN; /* a noncharacter, in each plane */
	size_t low = 0, high = sizeof ranges / sizeof ranges[0];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else if (c < ranges[middle].first)
			high = middle;
		else
			return ranges[middle].kind;
	}
	return PLAIN;
}

/* Copyright and registered sign are emoji with a selector. */
static bool
takes_selector(uint32_t c)
{
	return (c >= 0x1000 || c == 0xa9 || c == 0xae) && kind_of(c) == PLAIN;
}

static bool
joins(uint32_t c)
{
	return c >= 0x600 && (kind_of(c) == PLAIN || kind_of(c) == SELECTOR);
}

static bool
hides(uint32_t c, uint32_t before, struct slice rest)
{
	uint32_t after = 0;
	switch (kind_of(c)) {
	case PLAIN:
		return false;
	case SELECTOR:
		return !takes_selector(before);
	case JOINER:
		return !joins(before) || !utf8_decode(rest, &after) || !joins(after);
	default:
		return true;
	}
}

static size_t
escape(uint32_t c, char out[VISIBLE_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0, figures = c > 0xffff ? 6 : 4;
	out[n++] = '\\';
	if (c == '\n' || c == '\t' || c == '\r') {
		out[n++] = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
		return n;
	}
	out[n++] = figures == 6 ? 'U' : 'u';
	for (size_t i = figures; i-- > 0;)
		out[n++] = digits[c >> (4 * i) & 15];
	return n;
}

struct visible
visible_next(struct slice s, uint32_t before)
{
	struct visible shown = {0};
	shown.used = utf8_decode(s, &shown.c);
	if (!shown.used) {
		shown.used = 1;
		shown.c = 0xfffd;
	}
	struct slice rest = {s.p + shown.used, s.n - shown.used};
	shown.escaped = hides(shown.c, before, rest);
	if (shown.escaped) {
		shown.n = shown.width = escape(shown.c, shown.text);
	} else {
		shown.n = utf8_encode(shown.c, shown.text);
		shown.width = utf8_width(shown.c);
	}
	return shown;
}

void
visible_put(struct buf *b, struct slice s)
{
	uint32_t before = 0;
	while (s.n) {
		struct visible shown = visible_next(s, before);
		buf_put(b, shown.text, shown.n);
		before = shown.c;
		s.p += shown.used;
		s.n -= shown.used;
	}
}
