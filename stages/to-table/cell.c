/* SPDX-License-Identifier: MIT */
#include "stages/to-table/cell.h"
#include "common/json/value_text.h"
#include "common/text/visible.h"

static const struct slice ellipsis = {"\xe2\x80\xa6", 3};
static const struct slice ideographic = {"\xe3\x80\x80", 3}; /* U+3000, ideographic space */

/* Characters with a backslash before them inside quotes. */
static bool
is_marked(char c)
{
	return c == '"' || c == '\\';
}

static bool
begins_with_space(struct slice s)
{
	return s.p[0] == ' ' ||
	       (s.n >= ideographic.n && memcmp(s.p, ideographic.p, ideographic.n) == 0);
}

static bool
ends_with_space(struct slice s)
{
	return s.p[s.n - 1] == ' ' ||
	       (s.n >= ideographic.n &&
		   memcmp(s.p + s.n - ideographic.n, ideographic.p, ideographic.n) == 0);
}

/* Writes a cell, and cuts it where the ellipsis still has room. */
struct pen {
	struct buf *b;
	struct cell_text *cell;
	size_t most;
	size_t fits_n, fits_width; /* up to here the ellipsis fits after */
	/* inside quotes: a backslash is written before a quote or a backslash */
	bool quoted;
	bool cut;
	uint32_t before; /* the character before, for visible_next */
};

/* Printable ASCII needs no look at each character; as much of it as surely fits is taken from *s. */
static void
put_ascii(struct pen *pen, struct slice *s)
{
	size_t n = 0, room = pen->most - pen->cell->width;
	while (n < s->n && n < room && s->p[n] >= 0x20 && s->p[n] < 0x7f &&
	       !(pen->quoted && is_marked(s->p[n])))
		n++;
	if (!n)
		return;
	buf_put(pen->b, s->p, n);
	pen->before = (unsigned char)s->p[n - 1];
	pen->cell->width += n;
	s->p += n;
	s->n -= n;
	/* If there is no other room, the ellipsis replaces the last character. */
	size_t back = n == room;
	pen->fits_n = pen->b->n - back;
	pen->fits_width = pen->cell->width - back;
}

/*
 * The next character of s as this cell shows it. Japanese text has U+3000 between words, where its
 * width is seen: outside of quotes it stays. Between quotes a mark gets its backslash.
 */
static struct visible
next_shown(const struct pen *pen, struct slice s)
{
	struct visible shown = visible_next(s, pen->before);
	if (!pen->quoted && shown.c == 0x3000) {
		memcpy(shown.text, ideographic.p, ideographic.n);
		shown.n = ideographic.n;
		shown.width = 2;
	} else if (pen->quoted && shown.n == 1 && is_marked(shown.text[0])) {
		shown.text[1] = shown.text[0];
		shown.text[0] = '\\';
		shown.n = shown.width = 2;
	}
	return shown;
}

static void
put_shown(struct pen *pen, struct slice s)
{
	struct buf *b = pen->b;
	pen->before = 0;
	while (!pen->cut) {
		put_ascii(pen, &s);
		if (!s.n)
			return;
		struct visible shown = next_shown(pen, s);
		if (pen->cell->width + shown.width > pen->most) {
			b->n = pen->fits_n;
			pen->cell->width = pen->fits_width + 1;
			buf_put_slice(b, ellipsis);
			pen->cut = true;
			return;
		}
		buf_put(b, shown.text, shown.n);
		pen->cell->width += shown.width;
		if (pen->cell->width < pen->most) {
			pen->fits_n = b->n;
			pen->fits_width = pen->cell->width;
		}
		pen->before = shown.c;
		s.p += shown.used;
		s.n -= shown.used;
	}
}

/* Only checks the part that is shown; the part cut off does not matter. */
static bool
holds_hidden(struct slice s, size_t most)
{
	uint32_t before = 0;
	for (; s.n && most > 0; most--) {
		if (s.p[0] >= 0x20 && s.p[0] < 0x7f) {
			before = (unsigned char)s.p[0];
			s.p++;
			s.n--;
			continue;
		}
		struct visible shown = visible_next(s, before);
		if (shown.escaped && shown.c != 0x3000)
			return true;
		before = shown.c;
		s.p += shown.used;
		s.n -= shown.used;
	}
	return false;
}

static bool
wants_quotes(struct slice s, size_t most)
{
	return !s.n || begins_with_space(s) || ends_with_space(s) || s.p[0] == '"' ||
	       slice_is(s, "null") || holds_hidden(s, most);
}

static void
put_text(struct pen *pen, struct slice s)
{
	bool quotes = wants_quotes(s, pen->most);
	if (quotes)
		put_shown(pen, SLICE("\""));
	pen->quoted = quotes;
	put_shown(pen, s);
	pen->quoted = false;
	if (quotes)
		put_shown(pen, SLICE("\""));
}

static void
put_value(struct pen *pen, const struct value *v)
{
	static struct buf text;
	buf_reset(&text);
	if (v->type == VALUE_BYTES)
		buf_put_text(&text, "0x");
	const char *wrong = value_text(&text, v, &(struct value_style){.float_marked = true});
	/* A value without a JSON form does not hide its record, but it is marked. */
	if (wrong)
		buf_printf(&text, "\xe2\x80\xa6 (%s has no JSON form)", wrong);
	pen->b->failed |= text.failed;
	put_shown(pen, buf_slice(&text));
}

struct cell_text
cell_make(struct buf *b, const struct value *v, size_t most)
{
	struct cell_text cell = {.at = b->n, .kind = CELL_OTHER};
	struct pen pen = {.b = b, .cell = &cell, .most = most, .fits_n = b->n};
	if (v->type == VALUE_NULL) {
		cell.kind = CELL_NULL;
		put_shown(&pen, SLICE("null"));
	} else if (v->type == VALUE_TEXT) {
		put_text(&pen, v->s);
	} else {
		if (v->type == VALUE_INT || v->type == VALUE_FLOAT || v->type == VALUE_DECIMAL)
			cell.kind = CELL_NUMBER;
		put_value(&pen, v);
	}
	cell.n = b->n - cell.at;
	return cell;
}

struct cell_text
cell_name(struct buf *b, struct slice name, size_t most)
{
	struct cell_text cell = {.at = b->n, .kind = CELL_OTHER};
	struct pen pen = {.b = b, .cell = &cell, .most = most, .fits_n = b->n};
	put_text(&pen, name);
	cell.n = b->n - cell.at;
	return cell;
}
