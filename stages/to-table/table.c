/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/field_lookup.h"
#include "common/record/mp.h"
#include "stages/to-table/cell.h"
#include "stages/to-table/table.h"
#include "stages/to-table/vertical.h"

enum { KEPT_BYTES_MAX = 4 * 1024 * 1024 };

struct column {
	struct cell_text name;
	size_t width;
	bool right; /* its first value that is not null is a number */
	bool known; /* there was one */
};

static struct {
	struct buf *out;
	struct table_style style;
	uint64_t records;            /* shown one field a line */
	struct field_lookup columns; /* their names */
	struct column *column;       /* FIELDS_MAX of them */
	struct buf names;            /* bytes of the columns' name cells */
	bool fixed;                  /* the widths are decided and the names are written */
	uint64_t tables;
	/* The kept rows: each has a cell for each column there was when it came. */
	struct buf text;
	struct buf cells; /* struct cell_text, row by row */
	size_t *ends;     /* of each row in cells */
	size_t rows;
	struct buf maps; /* the same records, while they may still become vertical */
} t;

void
table_init(struct buf *out, const struct table_style *style)
{
	t.out = out;
	t.style = *style;
	t.column = xcalloc(FIELDS_MAX, sizeof *t.column);
	t.ends = xcalloc(TABLE_SAMPLE, sizeof *t.ends);
}

/* Whether a table that is too wide for the terminal may become vertical. */
static bool
may_turn(void)
{
	return t.style.terminal && !t.style.width_given && !t.fixed;
}

static void
put_times(char c, size_t n)
{
	char *p = buf_reserve(t.out, n);
	if (!p)
		return;
	memset(p, c, n);
	t.out->n += n;
}

static void
put_cell(const char *text, const struct cell_text *cell, size_t width, bool right,
    const char *colour, bool last)
{
	size_t blank = width > cell->width ? width - cell->width : 0;
	if (right)
		put_times(' ', blank);
	if (t.style.colour && colour)
		buf_put_text(t.out, colour);
	if (cell->n)
		buf_put(t.out, text + cell->at, cell->n);
	if (t.style.colour && colour)
		buf_put_text(t.out, "\033[0m");
	if (!right && !last)
		put_times(' ', blank);
	if (!last)
		put_times(' ', 2);
}

static void
put_names(void)
{
	if (t.tables++)
		buf_put_byte(t.out, '\n');
	for (size_t i = 0; i < t.columns.n; i++)
		put_cell(t.names.p, &t.column[i].name, t.column[i].width, t.column[i].right,
		    "\033[1m", i + 1 == t.columns.n);
	buf_put_byte(t.out, '\n');
	for (size_t i = 0; i < t.columns.n; i++) {
		put_times('-', t.column[i].width);
		if (i + 1 < t.columns.n)
			put_times(' ', 2);
	}
	buf_put_byte(t.out, '\n');
}

/* The cells of [from, to): a row has none for columns that came after it. */
static void
put_row(const struct cell_text *cells, size_t n)
{
	while (n && cells[n - 1].kind == CELL_ABSENT)
		n--;
	for (size_t i = 0; i < n; i++)
		put_cell(t.text.p, &cells[i], t.column[i].width, cells[i].kind == CELL_NUMBER,
		    cells[i].kind == CELL_NULL ? "\033[2m" : NULL, i + 1 == n);
	buf_put_byte(t.out, '\n');
}

static void
forget_rows(void)
{
	buf_reset(&t.text);
	buf_reset(&t.cells);
	buf_reset(&t.maps);
	t.rows = 0;
}

static size_t
table_width(void)
{
	size_t width = 0;
	for (size_t i = 0; i < t.columns.n; i++)
		width += t.column[i].width + (i ? 2 : 0);
	return width;
}

static void
put_vertical(const struct record *r)
{
	t.records++;
	vertical_put(t.out, &t.style, r, t.records);
}

/* The kept rows one field a line, and all later ones. */
static void
turn_vertical(void)
{
	static struct record r;
	for (size_t at = 0, n; at < t.maps.n; at += n) {
		struct slice map = {t.maps.p + at, t.maps.n - at};
		if (mp_measure(map.p, map.p + map.n, &n) != MP_OK)
			break;
		map.n = n;
		if (record_read(&r, NULL, map, false))
			put_vertical(&r);
	}
	t.style.vertical = true;
	forget_rows();
}

void
table_flush(void)
{
	if (!t.rows)
		return;
	if (may_turn() && table_width() > t.style.terminal) {
		turn_vertical();
		return;
	}
	if (!t.fixed)
		put_names();
	t.fixed = true;
	const struct cell_text *cells = (const struct cell_text *)(const void *)t.cells.p;
	for (size_t row = 0, from = 0; row < t.rows; from = t.ends[row++])
		put_row(cells + from, t.ends[row] - from);
	t.records += t.rows;
	forget_rows();
}

static void
new_table(void)
{
	table_flush();
	field_lookup_free(&t.columns);
	buf_reset(&t.names);
	t.fixed = false;
}

static void
add_column(struct slice name)
{
	struct column *c = &t.column[t.columns.n];
	if (field_lookup_add(&t.columns, name) < 0)
		die(STATUS_TRY_AGAIN, "no memory for the names of the columns");
	*c = (struct column){.name = cell_name(&t.names, name, t.style.most)};
	c->width = c->name.width;
}

/* The table's columns are those of all kept rows; one that is new to a fixed table begins another. */
static void
fit_columns(const struct record *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (field_lookup_at(&t.columns, i, r->cells[i].name) >= 0)
			continue;
		if (t.fixed || t.columns.n == FIELDS_MAX) {
			new_table();
			i = 0; /* all fields of this record are new to it */
			add_column(r->cells[0].name);
			continue;
		}
		add_column(r->cells[i].name);
	}
}

/* Columns of the terminal to the right of a table whose widths are decided; SIZE_MAX if nothing is cut there. */
static size_t
room_beside(void)
{
	size_t width = table_width();
	if (!t.fixed || !t.style.terminal || t.style.width_given)
		return SIZE_MAX;
	return t.style.terminal > width ? t.style.terminal - width : 0;
}

/* The columns that a value may take; on a terminal no line is to become wider than it is. */
static size_t
most_of(const struct column *c, struct slice name, size_t beside)
{
	if (slice_is(name, "_reject"))
		return t.style.reject_most;
	if (beside == SIZE_MAX || c->width + beside > t.style.most)
		return t.style.most;
	return c->width + beside;
}

static void
keep_row(const struct record *r)
{
	size_t n = t.columns.n, beside = room_beside();
	char *room = buf_reserve(&t.cells, n * sizeof(struct cell_text));
	if (n && !room)
		die(STATUS_TRY_AGAIN, "no memory for a row");
	struct cell_text *cells = (struct cell_text *)(void *)room;
	for (size_t i = 0; i < n; i++)
		cells[i] = (struct cell_text){.kind = CELL_ABSENT};
	for (size_t i = 0; i < r->n; i++) {
		size_t at = (size_t)field_lookup_at(&t.columns, i, r->cells[i].name);
		struct column *c = &t.column[at];
		cells[at] =
		    cell_make(&t.text, &r->cells[i].value, most_of(c, r->cells[i].name, beside));
		if (beside != SIZE_MAX && cells[at].width > c->width)
			beside -= cells[at].width - c->width < beside ? cells[at].width - c->width
								      : beside;
		if (!t.fixed && cells[at].width > c->width)
			c->width = cells[at].width;
		if (!c->known && cells[at].kind != CELL_NULL) {
			c->known = true;
			c->right = cells[at].kind == CELL_NUMBER;
		}
	}
	buf_check(&t.maps, "the first rows", NULL);
	buf_check(
	    &t.text, "the first rows", NULL); /* before the row counts: it is shown at death */
	t.cells.n += n * sizeof(struct cell_text);
	t.ends[t.rows] = (t.rows ? t.ends[t.rows - 1] : 0) + n;
	t.rows++;
}

void
table_add(const struct record *r)
{
	if (t.style.vertical) {
		put_vertical(r);
		return;
	}
	fit_columns(r);
	/* Another table may have begun, and the one before it turned vertical. */
	if (t.style.vertical) {
		put_vertical(r);
		return;
	}
	if (may_turn())
		record_write_map(r, &t.maps);
	keep_row(r);
	if (t.fixed || t.rows == TABLE_SAMPLE || t.text.n + t.cells.n + t.maps.n > KEPT_BYTES_MAX)
		table_flush();
}
