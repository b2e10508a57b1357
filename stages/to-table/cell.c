/* SPDX-License-Identifier: MIT */
#include "stages/to-table/cell.h"
#include "common/json/json_write.h"
#include "common/sql/value_text.h"
#include "common/text/utf8.h"

static const struct slice ellipsis = {"\xe2\x80\xa6", 3};

/* Characters that a terminal obeys, or that turn or hide what stands beside them. */
static bool
is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f && c != 0x200d) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

/* Its text on the screen into out; returns the bytes. */
static size_t
escape(uint32_t c, char out[12])
{
	static const char digits[] = "0123456789abcdef";
	const char *letter = c ? strchr("\nn\tt\rr", (int)c) : NULL;
	if (c < 0x20 && letter) {
		out[0] = '\\';
		out[1] = letter[1];
		return 2;
	}
	size_t n = 0, figures = c > 0xffff ? 6 : 4;
	out[n++] = '\\';
	out[n++] = figures == 6 ? 'U' : 'u';
	for (size_t i = figures; i-- > 0;)
		out[n++] = digits[c >> (4 * i) & 15];
	return n;
}

/* What has a backslash before it between quotes. */
static bool
is_marked(char c)
{
	return c == '"' || c == '\\';
}

/* The next sign of s as it is shown: bytes in out, its width, and how many bytes of s it is. */
static size_t
next_sign(struct slice s, char out[12], size_t *n, size_t *width)
{
	uint32_t c;
	size_t used = utf8_decode(s, &c);
	if (!used) { /* no UTF-8; mam-stream(5) forbids it, but this is where one looks */
		used = 1;
		c = 0xfffd;
	}
	if (is_hidden(c)) {
		*n = *width = escape(c, out);
	} else {
		*n = utf8_encode(c, out);
		*width = utf8_width(c);
	}
	return used;
}

/* Where a cell is written: what is wider than most is cut where the ellipsis still has room. */
struct pen {
	struct buf *b;
	struct cell_text *cell;
	size_t most;
	size_t fits_n, fits_width; /* up to here the ellipsis fits behind */
	bool quoted;               /* a backslash stands before a quote or a backslash */
	bool cut;
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
	pen->cell->width += n;
	s->p += n;
	s->n -= n;
	/* The ellipsis takes the place of the last one if there is no other. */
	size_t back = n == room;
	pen->fits_n = pen->b->n - back;
	pen->fits_width = pen->cell->width - back;
}

static void
put_visible(struct pen *pen, struct slice s)
{
	struct buf *b = pen->b;
	while (!pen->cut) {
		put_ascii(pen, &s);
		if (!s.n)
			return;
		char sign[12];
		size_t n, width;
		size_t used = next_sign(s, sign, &n, &width);
		if (pen->quoted && n == 1 && is_marked(sign[0])) {
			sign[1] = sign[0];
			sign[0] = '\\';
			n = width = 2;
		}
		if (pen->cell->width + width > pen->most) {
			b->n = pen->fits_n;
			pen->cell->width = pen->fits_width + 1;
			buf_put_slice(b, ellipsis);
			pen->cut = true;
			return;
		}
		buf_put(b, sign, n);
		pen->cell->width += width;
		if (pen->cell->width < pen->most) {
			pen->fits_n = b->n;
			pen->fits_width = pen->cell->width;
		}
		s.p += used;
		s.n -= used;
	}
}

/* Looked for as far as it is shown: what is cut off needs no telling apart. */
static bool
holds_hidden(struct slice s, size_t most)
{
	uint32_t c;
	for (size_t used; s.n && most > 0; s.p += used, s.n -= used, most--) {
		used = utf8_decode(s, &c);
		if (!used)
			used = 1;
		else if (is_hidden(c))
			return true;
	}
	return false;
}

static bool
wants_quotes(struct slice s, size_t most)
{
	return !s.n || s.p[0] == ' ' || s.p[s.n - 1] == ' ' || s.p[0] == '"' ||
	       slice_is(s, "null") || holds_hidden(s, most);
}

static void
put_text(struct pen *pen, struct slice s)
{
	bool quotes = wants_quotes(s, pen->most);
	if (quotes)
		put_visible(pen, SLICE("\""));
	pen->quoted = quotes;
	put_visible(pen, s);
	pen->quoted = false;
	if (quotes)
		put_visible(pen, SLICE("\""));
}

static void
put_value(struct pen *pen, const struct value *v)
{
	static struct buf text;
	buf_reset(&text);
	if (v->type == VALUE_BYTES)
		buf_put_text(&text, "0x");
	const char *wrong = NULL;
	if (v->type == VALUE_JSON)
		wrong = json_write(&text, v->s, &(struct json_style){0});
	else
		value_text(&text, v);
	/* What has no JSON form is no reason not to show a record, but is not passed over either. */
	if (wrong)
		buf_printf(&text, "\xe2\x80\xa6 (%s has no JSON form)", wrong);
	pen->b->failed |= text.failed;
	put_visible(pen, buf_slice(&text));
}

struct cell_text
cell_make(struct buf *b, const struct value *v, size_t most)
{
	struct cell_text cell = {.at = b->n, .kind = CELL_OTHER};
	struct pen pen = {.b = b, .cell = &cell, .most = most, .fits_n = b->n};
	if (v->type == VALUE_NULL) {
		cell.kind = CELL_NULL;
		put_visible(&pen, SLICE("null"));
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
