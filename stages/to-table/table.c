/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/program/message.h"
#include "common/record/field_lookup.h"
#include "stages/to-table/cell.h"
#include "stages/to-table/table.h"

enum { KEPT_BYTES_MAX = 4 * 1024 * 1024 };

struct column {
	struct cell_text name;
	size_t width;
	bool right; /* its first value that is not null is a number */
	bool known; /* there was one */
};

static struct {
	struct buf *out;
	size_t most, reject_most;
	bool colour;
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
} t;

void
table_init(struct buf *out, size_t most, size_t reject_most, bool colour)
{
	t.out = out;
	t.most = most;
	t.reject_most = reject_most;
	t.colour = colour;
	t.column = xcalloc(FIELDS_MAX, sizeof *t.column);
	t.ends = xcalloc(TABLE_SAMPLE, sizeof *t.ends);
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
	if (t.colour && colour)
		buf_put_text(t.out, colour);
	if (cell->n)
		buf_put(t.out, text + cell->at, cell->n);
	if (t.colour && colour)
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
	t.rows = 0;
}

void
table_flush(void)
{
	if (!t.rows)
		return;
	if (!t.fixed)
		put_names();
	t.fixed = true;
	const struct cell_text *cells = (const struct cell_text *)(const void *)t.cells.p;
	for (size_t row = 0, from = 0; row < t.rows; from = t.ends[row++])
		put_row(cells + from, t.ends[row] - from);
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
	*c = (struct column){.name = cell_name(&t.names, name, t.most)};
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

static void
keep_row(const struct record *r)
{
	size_t n = t.columns.n;
	char *room = buf_reserve(&t.cells, n * sizeof(struct cell_text));
	if (n && !room)
		die(STATUS_TRY_AGAIN, "no memory for a row");
	struct cell_text *cells = (struct cell_text *)(void *)room;
	for (size_t i = 0; i < n; i++)
		cells[i] = (struct cell_text){.kind = CELL_ABSENT};
	for (size_t i = 0; i < r->n; i++) {
		size_t at = (size_t)field_lookup_at(&t.columns, i, r->cells[i].name);
		struct column *c = &t.column[at];
		bool reject = slice_is(r->cells[i].name, "_reject");
		cells[at] = cell_make(&t.text, &r->cells[i].value, reject ? t.reject_most : t.most);
		if (!t.fixed && cells[at].width > c->width)
			c->width = cells[at].width;
		if (!c->known && cells[at].kind != CELL_NULL) {
			c->known = true;
			c->right = cells[at].kind == CELL_NUMBER;
		}
	}
	buf_check(
	    &t.text, "the first rows", NULL); /* before the row counts: it is shown at death */
	t.cells.n += n * sizeof(struct cell_text);
	t.ends[t.rows] = (t.rows ? t.ends[t.rows - 1] : 0) + n;
	t.rows++;
}

void
table_add(const struct record *r)
{
	fit_columns(r);
	keep_row(r);
	if (t.fixed || t.rows == TABLE_SAMPLE || t.text.n + t.cells.n > KEPT_BYTES_MAX)
		table_flush();
}
