/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/csv/csv.h"
#include "common/csv/csv_scan.h"

enum {
	ROOM_MIN = 64 * 1024, /* less is not worth a read */
	CAP_MIN = 5 * ROOM_MIN,
};

/* All ones from bit n on. */
static uint64_t
from_bit(size_t n)
{
	return ~UINT64_C(0) << (n % CSV_SCAN_BLOCK);
}

static void
begin_row(struct csv *c)
{
	c->field = c->at = c->start;
	c->columns = c->bad = c->opened = 0;
	c->quoted = c->doubled = c->closed = false;
}

void
csv_init(struct csv *c, char delimiter, char quote, size_t max)
{
	c->delimiter = delimiter;
	c->quote = quote;
	c->max = max;
	c->last = false;
	c->line = 1;
	c->start = c->n = 0;
	begin_row(c);
}

/*
 * Makes the marks for [from, n): first those of from's block, then those of the
 * added text.
 */
static void
mark(struct csv *c, size_t from)
{
	size_t first = from / CSV_SCAN_BLOCK;
	size_t end = (c->n + CSV_SCAN_BLOCK - 1) / CSV_SCAN_BLOCK;
	if (end <= first)
		return;
	csv_scan(
	    c->p + first * CSV_SCAN_BLOCK, end - first, c->marks + first, c->delimiter, c->quote);
	if (c->n % CSV_SCAN_BLOCK)
		c->marks[end - 1] &= ~from_bit(c->n);
}

static void
move_to_front(struct csv *c)
{
	if (!c->start)
		return;
	memmove(c->p, c->p + c->start, c->n - c->start);
	c->n -= c->start;
	c->at -= c->start;
	c->field -= c->start;
	c->start = 0;
	mark(c, c->at);
}

static bool
grow(struct csv *c, size_t cap)
{
	size_t blocks = cap / CSV_SCAN_BLOCK + 1;
	char *p = realloc(c->p, cap + CSV_SLACK);
	if (p)
		c->p = p;
	uint64_t *marks = p ? realloc(c->marks, blocks * sizeof *marks) : NULL;
	if (!marks)
		return false;
	c->marks = marks;
	/*
	 * The scan reads whole blocks and copies read past a field's end, so
	 * those bytes must be initialised.
	 */
	memset(c->p + c->cap, 0, cap + CSV_SLACK - c->cap);
	c->cap = cap;
	return true;
}

char *
csv_room(struct csv *c, size_t *room)
{
	size_t held = c->n - c->start;
	if (held >= c->max)
		return NULL;
	if (c->cap - c->n < ROOM_MIN && held <= c->cap / 2)
		move_to_front(c);
	if (!c->cap && !grow(c, CAP_MIN))
		return NULL;
	if (c->cap - c->n < ROOM_MIN) {
		move_to_front(c);
		if (!grow(c, c->cap * 2))
			return NULL;
	}
	*room = c->cap - c->n;
	return c->p + c->n;
}

void
csv_added(struct csv *c, size_t n)
{
	size_t from = c->n;
	c->n += n;
	mark(c, from > c->at ? from : c->at);
}

void
csv_ended(struct csv *c)
{
	c->last = true;
}

/* The field ends before i; the next one begins after it. */
static void
end_field(struct csv *c, size_t i)
{
	if (c->columns < FIELDS_MAX) {
		struct csv_field *f = &c->fields[c->columns];
		size_t quotes = c->closed;
		f->at = (uint32_t)(c->field + quotes - c->start);
		f->n = (uint32_t)(i - c->field - 2 * quotes);
		f->quoted = c->closed;
		f->doubled = c->doubled;
	}
	c->columns++;
	c->field = i + 1;
	c->doubled = c->closed = false;
}

static enum csv_status
end_row(struct csv *c, size_t i, size_t next, struct csv_row *row)
{
	end_field(c, i);
	*row = (struct csv_row){
	    .p = c->p + c->start,
	    .n = i - c->start,
	    .fields = c->fields,
	    .columns = c->columns,
	    .line = c->line,
	    .bad = c->bad,
	};
	c->line += c->opened + (next > i);
	c->start = next;
	begin_row(c);
	return CSV_ROW;
}

/* The first mark at or after `from`, or n. */
static size_t
next_mark(const struct csv *c, size_t from)
{
	size_t block = from / CSV_SCAN_BLOCK, end = (c->n + CSV_SCAN_BLOCK - 1) / CSV_SCAN_BLOCK;
	if (block >= end)
		return c->n;
	uint64_t bits = c->marks[block] & from_bit(from);
	while (!bits) {
		if (++block == end)
			return c->n;
		bits = c->marks[block];
	}
	return block * CSV_SCAN_BLOCK + (size_t)__builtin_ctzll(bits);
}

/*
 * Goes from c->at to the end of the quoted text. True if it is there: c->at is
 * after the closing quote. False if more text has to decide.
 */
static bool
pass_quoted(struct csv *c)
{
	for (;;) {
		size_t i = next_mark(c, c->at);
		c->at = i;
		if (i == c->n)
			return false;
		if (i + 1 == c->n && !c->last && c->p[i] != '\n' && c->p[i] != c->delimiter)
			return false; /* a doubled quote, or CR LF, may be cut here */
		if (c->p[i] == c->quote) {
			if (i + 1 == c->n || c->p[i + 1] != c->quote)
				break;
			c->doubled = true;
			c->at++;
		} else if (c->p[i] == '\n' ||
			   (c->p[i] == '\r' && (i + 1 == c->n || c->p[i + 1] != '\n'))) {
			c->opened++;
		}
		c->at++;
	}
	c->at++;
	c->quoted = false;
	c->closed = true;
	return true;
}

/* After a closing quote the field should end. */
static void
look_behind_quote(struct csv *c)
{
	char next = c->at < c->n ? c->p[c->at] : '\n';
	if (next == c->delimiter || next == '\n' || next == '\r')
		return;
	if (!c->bad)
		c->bad = c->columns + 1;
	/* The row is no longer to be believed; it still has to end somewhere. */
	c->closed = c->doubled = false;
}

/* The text so far has no whole row: either this is the last row, or more must come. */
static enum csv_status
at_end(struct csv *c, struct csv_row *row)
{
	if (!c->last)
		return CSV_MORE;
	if (c->quoted)
		return CSV_OPEN;
	if (c->start == c->n)
		return CSV_END;
	return end_row(c, c->n, c->n, row);
}

/* Where the marks are walked, kept apart from c so that it stays in registers. */
struct walk {
	size_t block, end;
	uint64_t bits;
};

static struct walk
walk_from(const struct csv *c, size_t at)
{
	struct walk w = {at / CSV_SCAN_BLOCK, (c->n + CSV_SCAN_BLOCK - 1) / CSV_SCAN_BLOCK, 0};
	if (w.block < w.end)
		w.bits = c->marks[w.block] & from_bit(at);
	return w;
}

enum csv_status
csv_next(struct csv *c, struct csv_row *row)
{
	const char *p = c->p;
	if (c->quoted) {
		if (!pass_quoted(c))
			return at_end(c, row);
		look_behind_quote(c);
	}
	struct walk w = walk_from(c, c->at);
	for (;;) {
		while (!w.bits) {
			if (w.block + 1 >= w.end) {
				c->at = c->n;
				return at_end(c, row);
			}
			w.bits = c->marks[++w.block];
		}
		size_t i = w.block * CSV_SCAN_BLOCK + (size_t)__builtin_ctzll(w.bits);
		w.bits &= w.bits - 1;
		char sign = p[i];
		if (sign == c->delimiter) {
			end_field(c, i);
		} else if (sign == '\n') {
			return end_row(c, i, i + 1, row);
		} else if (sign == '\r') {
			c->at = i;
			if (i + 1 == c->n && !c->last)
				return CSV_MORE; /* LF may follow */
			return end_row(c, i, i + 1 + (i + 1 < c->n && p[i + 1] == '\n'), row);
		} else if (i == c->field) {
			c->quoted = true;
			c->at = i + 1;
			if (!pass_quoted(c))
				return at_end(c, row);
			look_behind_quote(c);
			w = walk_from(c, c->at);
		}
	}
}

enum csv_status
csv_line(struct csv *c, bool take, struct slice *line)
{
	if (c->n == c->start)
		return c->last ? CSV_END : CSV_MORE;
	size_t i = c->start;
	while (i < c->n && c->p[i] != '\n' && c->p[i] != '\r')
		i++;
	bool cut = i == c->n || (c->p[i] == '\r' && i + 1 == c->n);
	if (cut && !c->last)
		return CSV_MORE;
	*line = (struct slice){c->p + c->start, i - c->start};
	if (!take)
		return CSV_ROW;
	size_t next = i + (i < c->n);
	next += next < c->n && c->p[i] == '\r' && c->p[next] == '\n';
	c->line++;
	c->start = next;
	begin_row(c);
	return CSV_ROW;
}

struct slice
csv_rest(const struct csv *c)
{
	return (struct slice){c->p + c->start, c->n - c->start};
}

uint64_t
csv_rest_line(const struct csv *c)
{
	uint64_t line = c->line;
	for (size_t i = c->start; i < c->n; i++)
		line +=
		    c->p[i] == '\n' || (c->p[i] == '\r' && (i + 1 == c->n || c->p[i + 1] != '\n'));
	return line;
}

void
csv_free(struct csv *c)
{
	free(c->p);
	free(c->marks);
	c->p = NULL;
	c->marks = NULL;
	c->cap = c->start = c->n = 0;
}

char *
csv_unquote(const struct csv_row *row, const struct csv_field *f, char quote, char *to)
{
	const char *p = row->p + f->at, *end = p + f->n;
	while (p < end) {
		const char *at = memchr(p, quote, (size_t)(end - p));
		size_t n = (size_t)((at ? at + 1 : end) - p);
		memcpy(to, p, n);
		to += n;
		p += n + (at != NULL);
	}
	return to;
}

struct slice
csv_text(const struct csv_row *row, size_t i, char quote, struct buf *b)
{
	const struct csv_field *f = &row->fields[i];
	if (!f->doubled)
		return (struct slice){row->p + f->at, f->n};
	buf_reset(b);
	char *to = buf_reserve(b, f->n);
	if (to)
		b->n = (size_t)(csv_unquote(row, f, quote, to) - to);
	return buf_slice(b);
}

/* Not 0 if any byte of the word is c. */
static uint64_t
has_byte(uint64_t word, char c)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t differs = word ^ (ones * (unsigned char)c);
	return (differs - ones) & ~differs & tops;
}

/*
 * Text without a delimiter that readers still treat specially: they drop a byte
 * order mark at the beginning of a file, and COPY of PostgreSQL ends at a line
 * \. alone.
 */
static bool
means_more(struct slice text)
{
	return slice_is(text, "\\.") || (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0);
}

static bool
needs_quotes(struct slice text, char delimiter)
{
	const char *p = text.p, *end = p + text.n;
	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		if (has_byte(word, delimiter) | has_byte(word, '"') | has_byte(word, '\n') |
		    has_byte(word, '\r'))
			return true;
	}
	for (; p < end; p++)
		if (*p == delimiter || *p == '"' || *p == '\n' || *p == '\r')
			return true;
	return means_more(text);
}

void
csv_put(struct buf *b, struct slice text, char delimiter, bool always)
{
	if (!always && !needs_quotes(text, delimiter)) {
		buf_put_slice(b, text);
		return;
	}
	size_t most;
	if (!size_multiply(text.n, 2, &most) || !size_add(most, 2, &most)) {
		b->failed = true;
		return;
	}
	char *p = buf_reserve(b, most);
	if (!p)
		return;
	char *from = p;
	*p++ = '"';
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			*p++ = '"';
		*p++ = text.p[i];
	}
	*p++ = '"';
	b->n += (size_t)(p - from);
}
