/* SPDX-License-Identifier: MIT */
#include "common/batch/html.h"
#include "common/text/ascii.h"
#include "common/text/visible.h"

static void
put_character(struct buf *b, const struct visible *v)
{
	if (v->c == '<' && !v->escaped)
		buf_put_text(b, "&lt;");
	else if (v->c == '>' && !v->escaped)
		buf_put_text(b, "&gt;");
	else if (v->c == '&' && !v->escaped)
		buf_put_text(b, "&amp;");
	else if (v->c == '"' && !v->escaped)
		buf_put_text(b, "&quot;");
	else if (v->c == '\'' && !v->escaped)
		buf_put_text(b, "&#39;");
	else
		buf_put(b, v->text, v->n);
}

void
html_put_cut(struct buf *b, struct slice text, size_t characters)
{
	uint32_t before = 0;
	for (size_t n = 0; text.n; n++) {
		if (n == characters) {
			buf_put_text(b, "…");
			return;
		}
		struct visible v = visible_next(text, before);
		put_character(b, &v);
		before = v.c;
		text.p += v.used;
		text.n -= v.used;
	}
}

void
html_put(struct buf *b, struct slice text)
{
	html_put_cut(b, text, SIZE_MAX);
}

void
html_put_path(struct buf *b, struct slice path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		if (is_letter(c) || is_digit(c) || (c && strchr("-._~/", c)))
			buf_put_byte(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
	}
}
