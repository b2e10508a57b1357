/* SPDX-License-Identifier: MIT */
#include "stages/infer/name.h"
#include "common/record/json_path.h"
#include "common/record/operand_name.h"
#include "common/text/ascii.h"
#include "common/text/space.h"
#include "common/text/utf8.h"
#include "common/text/visible.h"

enum { COLUMN_BYTES = 63 }; /* of a name in PostgreSQL; MySQL has 64 characters */

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* The names from the record down to the node. */
static size_t
path_of(const struct node *node, struct slice names[])
{
	size_t n = node->depth + 1;
	for (size_t i = n; i-- > 0; node = node->parent)
		names[i] = node->name;
	return n;
}

static void
put_underscore(struct buf *out, size_t start)
{
	if (out->n > start && out->p[out->n - 1] != '_')
		buf_put_byte(out, '_');
}

/* A character beyond ASCII that can be in a name: neither invisible nor punctuation of Chinese or Japanese. */
static bool
is_name_letter(const struct visible *v)
{
	bool punctuation = (v->c >= 0x2000 && v->c <= 0x2bff) ||
			   (v->c >= 0x3000 && v->c <= 0x3004) ||
			   (v->c >= 0x3008 && v->c <= 0x3020) || v->c == 0x30fb ||
			   (v->c >= 0xff5f && v->c <= 0xff65) || (v->c >= 0xa0 && v->c <= 0xbf) ||
			   v->c == 0xd7 || v->c == 0xf7 || (v->c >= 0xffe0 && v->c <= 0xffee);
	return !v->escaped && !punctuation;
}

static void
put_words(struct buf *out, size_t start, struct slice s)
{
	uint32_t before = 0;
	for (size_t i = 0; i < s.n;) {
		char c = s.p[i];
		if ((unsigned char)c >= 0x80) {
			struct visible v = visible_next((struct slice){s.p + i, s.n - i}, before);
			if (is_name_letter(&v))
				buf_put(out, s.p + i, v.used);
			else
				put_underscore(out, start);
			before = v.c;
			i += v.used;
			continue;
		}
		bool begins = is_upper(c) && i > 0 &&
			      (is_lower(s.p[i - 1]) || is_digit(s.p[i - 1]) ||
				  (is_upper(s.p[i - 1]) && i + 1 < s.n && is_lower(s.p[i + 1])));
		if (begins)
			put_underscore(out, start);
		if (is_lower(c) || is_digit(c))
			buf_put_byte(out, c);
		else if (is_upper(c))
			buf_put_byte(out, (char)(c | 0x20));
		else
			put_underscore(out, start);
		before = (unsigned char)c;
		i++;
	}
}

/* A name that begins with a digit needs quotes in SQL. */
static void
put_in_front(struct buf *out, size_t start)
{
	buf_put_byte(out, '_');
	memmove(out->p + start + 1, out->p + start, out->n - start - 1);
	out->p[start] = '_';
}

void
name_suggest(const struct node *node, size_t number, struct buf *out)
{
	static struct buf folded;
	struct slice names[JSON_PATH_MAX];
	size_t n = path_of(node, names), start = out->n;
	for (size_t i = 0; i < n; i++) {
		put_underscore(out, start);
		buf_reset(&folded);
		fullwidth_fold(names[i], &folded);
		put_words(out, start, buf_slice(&folded));
	}
	size_t end = out->n;
	if (end - start > COLUMN_BYTES) {
		end = start + COLUMN_BYTES;
		while (((unsigned char)out->p[end] & 0xc0) == 0x80)
			end--;
	}
	while (end > start && out->p[end - 1] == '_')
		end--;
	out->n = end;
	if (end == start)
		buf_printf(out, "field_%zu", number);
	else if (is_digit(out->p[start]))
		put_in_front(out, start);
}

bool
name_source(const struct node *node, struct buf *out)
{
	struct slice names[JSON_PATH_MAX];
	size_t n = path_of(node, names);
	bool plain = true;
	for (size_t i = 0; i < n; i++) {
		if (!operand_name_fits_line(names[i]))
			return false;
		plain &= operand_name_is_plain(names[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_put_byte(out, '.');
		if (plain)
			buf_put_slice(out, names[i]);
		else
			operand_name_quote(out, names[i]);
	}
	return true;
}
