/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/csv/csv.h"
#include "common/json/json_write.h"
#include "common/operate/rows.h"
#include "common/program/message.h"
#include "common/text/utf8.h"
#include "common/text/visible.h"

static struct {
	bool json, markdown, csv;
} form;

const struct option_row rows_options[] = {
    {.name = "json",
	.help = "one JSON object for each line of the list",
	.kind = OPTION_FLAG,
	.to.flag = &form.json},
    {.name = "markdown",
	.help = "a table in Markdown",
	.kind = OPTION_FLAG,
	.to.flag = &form.markdown},
    {.name = "csv", .help = "CSV with a line of names", .kind = OPTION_FLAG, .to.flag = &form.csv},
    {0},
};

enum rows_format
rows_format(void)
{
	if (form.json + form.markdown + form.csv > 1)
		die(STATUS_USAGE, "--json, --markdown and --csv exclude each other");
	return form.json       ? ROWS_JSON
	       : form.markdown ? ROWS_MARKDOWN
	       : form.csv      ? ROWS_CSV
			       : ROWS_TABLE;
}

static struct {
	enum rows_format format;
	const struct rows_column *columns;
	size_t n;
	struct buf text;  /* of all cells */
	struct buf cells; /* struct row_cell, row by row */
	struct buf out;
} r;

struct row_cell {
	size_t at, n;
};

void
rows_open(enum rows_format format, const struct rows_column *columns, size_t n)
{
	r.format = format;
	r.columns = columns;
	r.n = n;
}

void
rows_cell(struct slice text)
{
	struct row_cell cell = {r.text.n, text.n};
	buf_put_slice(&r.text, text);
	buf_put(&r.cells, &cell, sizeof cell);
	buf_check(&r.text, "the list", NULL);
	buf_check(&r.cells, "the list", NULL);
}

static size_t
row_count(void)
{
	return r.n ? r.cells.n / sizeof(struct row_cell) / r.n : 0;
}

static struct slice
cell_at(size_t row, size_t column)
{
	struct row_cell cell;
	memcpy(&cell, r.cells.p + (row * r.n + column) * sizeof cell, sizeof cell);
	return (struct slice){r.text.p + cell.at, cell.n};
}

/* Appends text as a terminal may show it; returns its columns. With out NULL it only measures. */
static size_t
put_shown(struct buf *out, struct slice s)
{
	size_t width = 0;
	uint32_t before = 0;
	while (s.n) {
		struct visible v = visible_next(s, before);
		if (out)
			buf_put(out, v.text, v.n);
		width += v.width;
		before = v.c;
		s.p += v.used;
		s.n -= v.used;
	}
	return width;
}

static void
put_times(char c, size_t n)
{
	while (n--)
		buf_put_byte(&r.out, c);
}

static void
put_table_cell(struct slice text, size_t width, bool last)
{
	size_t used = put_shown(&r.out, text);
	if (!last)
		put_times(' ', width - used + 2);
}

static void
put_table(void)
{
	size_t *width = xcalloc(r.n, sizeof *width);
	for (size_t c = 0; c < r.n; c++) {
		width[c] = strlen(r.columns[c].name);
		for (size_t i = 0; i < row_count(); i++) {
			size_t w = put_shown(NULL, cell_at(i, c));
			width[c] = w > width[c] ? w : width[c];
		}
	}
	for (size_t c = 0; c < r.n; c++)
		put_table_cell(slice_of(r.columns[c].name), width[c], c + 1 == r.n);
	buf_put_byte(&r.out, '\n');
	for (size_t c = 0; c < r.n; c++) {
		put_times('-', width[c]);
		put_times(' ', c + 1 == r.n ? 0 : 2);
	}
	buf_put_byte(&r.out, '\n');
	for (size_t i = 0; i < row_count(); i++) {
		size_t last = r.n; /* no blanks at the end of a line */
		while (last > 1 && !cell_at(i, last - 1).n)
			last--;
		for (size_t c = 0; c < last; c++)
			put_table_cell(cell_at(i, c), width[c], c + 1 == last);
		buf_put_byte(&r.out, '\n');
	}
}

/* A bar would end the cell, and the other marks would change how the text looks. */
static void
put_markdown_cell(struct slice text)
{
	struct buf shown = {0};
	put_shown(&shown, text);
	buf_put_byte(&r.out, ' ');
	for (size_t i = 0; i < shown.n; i++) {
		if (strchr("|*_`<>[]\\", shown.p[i]))
			buf_put_byte(&r.out, '\\');
		buf_put_byte(&r.out, shown.p[i]);
	}
	buf_put_text(&r.out, " |");
	buf_free(&shown);
}

static void
put_markdown(void)
{
	buf_put_byte(&r.out, '|');
	for (size_t c = 0; c < r.n; c++)
		put_markdown_cell(slice_of(r.columns[c].name));
	buf_put_text(&r.out, "\n|");
	for (size_t c = 0; c < r.n; c++)
		buf_put_text(&r.out, " --- |");
	buf_put_byte(&r.out, '\n');
	for (size_t i = 0; i < row_count(); i++) {
		buf_put_byte(&r.out, '|');
		for (size_t c = 0; c < r.n; c++)
			put_markdown_cell(cell_at(i, c));
		buf_put_byte(&r.out, '\n');
	}
}

static void
put_csv(void)
{
	for (size_t c = 0; c < r.n; c++) {
		buf_put_text(&r.out, c ? "," : "");
		csv_put(&r.out, slice_of(r.columns[c].name), ',', false);
	}
	buf_put_byte(&r.out, '\n');
	for (size_t i = 0; i < row_count(); i++) {
		for (size_t c = 0; c < r.n; c++) {
			buf_put_text(&r.out, c ? "," : "");
			csv_put(&r.out, cell_at(i, c), ',', false);
		}
		buf_put_byte(&r.out, '\n');
	}
}

/* A head may be in any encoding; bytes that are not UTF-8 become U+FFFD. */
static void
put_json_text(struct slice text)
{
	if (utf8_valid(text)) {
		json_write_text(&r.out, text);
		return;
	}
	struct buf shown = {0};
	put_shown(&shown, text);
	json_write_text(&r.out, buf_slice(&shown));
	buf_free(&shown);
}

static void
put_json_list(struct slice text, char separator)
{
	bool any = false;
	buf_put_byte(&r.out, '[');
	while (text.n) {
		const char *end = memchr(text.p, separator, text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		buf_put_text(&r.out, any ? "," : "");
		put_json_text((struct slice){text.p, n});
		any = true;
		n += end != NULL;
		text.p += n;
		text.n -= n;
	}
	buf_put_byte(&r.out, ']');
}

static void
put_json(void)
{
	for (size_t i = 0; i < row_count(); i++) {
		for (size_t c = 0; c < r.n; c++) {
			struct slice text = cell_at(i, c);
			buf_put_text(&r.out, c ? ",\"" : "{\"");
			buf_put_text(&r.out, r.columns[c].name);
			buf_put_text(&r.out, "\":");
			if (r.columns[c].list)
				put_json_list(text, r.columns[c].list);
			else if (text.n)
				put_json_text(text);
			else
				buf_put_text(&r.out, "null");
		}
		buf_put_text(&r.out, "}\n");
	}
}

void
print_all(const struct buf *b)
{
	buf_check(b, "the output", NULL);
	if (b->n)
		fwrite(b->p, 1, b->n, stdout);
	if (fflush(stdout) || ferror(stdout) || fclose(stdout))
		die_errno(STATUS_IO, "cannot write standard output");
}

void
rows_print(void)
{
	switch (r.format) {
	case ROWS_TABLE:
		put_table();
		break;
	case ROWS_JSON:
		put_json();
		break;
	case ROWS_MARKDOWN:
		put_markdown();
		break;
	case ROWS_CSV:
		put_csv();
		break;
	}
	print_all(&r.out);
}
