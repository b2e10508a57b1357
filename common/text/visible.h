/* SPDX-License-Identifier: MIT */
#ifndef COMMON_TEXT_VISIBLE_H
#define COMMON_TEXT_VISIBLE_H

#include "common/text/bytes.h"

/*
 * Foreign text made visible, for messages, quotations and tables. These characters are
 * escaped, as \n, \t, \r, \u200b or \U0e0041 (hexadecimal, 4 or 6 digits):
 *
 * - control characters: a terminal obeys them
 * - Bidi_Control: they reverse the text around them
 * - Default_Ignorable_Code_Point: zero width spaces, the byte order mark, soft hyphen, fillers, tags
 * - White_Space except U+0020: a no-break space looks like a space and does not compare as one;
 *   U+2800, the empty Braille pattern, looks like one, too
 * - interlinear annotations, noncharacters and private use: no two fonts agree on them
 *
 * Two kinds are escaped only where they hide: a variation selector that follows no symbol,
 * ideograph or Asian letter, and a zero width joiner or non-joiner without a visible character
 * from U+0600 on both sides. So emoji, Persian, Indic and the variants of Japanese names look as
 * they should. Other unassigned characters are left alone: a later Unicode may assign them.
 *
 * The properties are those of Unicode 15.0: PropList.txt and DerivedCoreProperties.txt.
 * A backslash is not escaped: a caller that must tell \n from a line feed does that.
 */

enum { VISIBLE_TEXT_MAX = 12 };

/* One character as it is shown. */
struct visible {
	char text[VISIBLE_TEXT_MAX];
	size_t n;     /* bytes of text */
	size_t width; /* columns on a terminal */
	size_t used;  /* bytes of the source: 1 for a byte that is not UTF-8 */
	uint32_t c;   /* the character; U+FFFD for a byte that is not UTF-8 */
	bool escaped;
};

/* The first character of s, which is not empty. before: the character before it, 0 for none. */
struct visible visible_next(struct slice s, uint32_t before);
/* Appends s as it is shown. Showing it a second time changes nothing. */
void visible_put(struct buf *b, struct slice s);

#endif
