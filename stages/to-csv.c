/* SPDX-License-Identifier: MIT */
/*
 * to-csv: records to CSV (RFC 4180) with a line of names. The first record
 * decides the columns. A value that does not fit them, or that would be read as
 * something else, is an error that names record and field.
 */
#include <inttypes.h>
#include <unistd.h>

#include "common/csv/csv.h"
#include "common/json/value_text.h"
#include "common/program/message.h"
#include "common/program/options.h"
#include "common/record/field_lookup.h"
#include "common/stream/stream.h"
#include "common/stream/text_out.h"

static struct cfg {
	const char *delimiter_text, *null, *header, *line_end;
	char delimiter;
} cfg = {.delimiter_text = ",", .header = "first", .line_end = "lf"};

static const struct option_row options[] = {
    {.name = "delimiter",
	.word = "CHAR",
	.help = "character between fields, tab or \\t for a tab (,)",
	.kind = OPTION_TEXT,
	.to.text = &cfg.delimiter_text},
    {.name = "null",
	.word = "TEXT",
	.help = "write null as TEXT, and refuse a value that would look the same",
	.kind = OPTION_TEXT,
	.to.text = &cfg.null},
    {.name = "header",
	.word = "first|none",
	.help = "whether the first line names the fields (first)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.header,
	.choices = "first|none"},
    {.name = "line-end",
	.word = "lf|crlf",
	.help = "what ends a line (lf)",
	.kind = OPTION_CHOICE,
	.to.text = &cfg.line_end,
	.choices = "lf|crlf"},
    {0},
};

static const struct option_row *const tables[] = {options, NULL};
static const struct program program = {
    .name = "to-csv", .about = "Writes records as CSV.", .tables = tables};

static struct writer {
	struct stream_in *in;
	struct text_out *out;
	struct schema header;       /* the columns; their types mean nothing */
	struct field_lookup lookup; /* their names */
	bool begun;                 /* the columns are known */
	size_t *column;             /* of each field of the schema in force */
	bool mapped;                /* column is of the schema in force */
	bool straight;              /* and its fields are the columns, one by one */
	/* By column, of this record: the field, and the record it was last there in. */
	size_t *cell;
	uint64_t *seen;
	struct buf scratch;
	struct buf null; /* as it is written for null */
} w;

static char
delimiter(const char *text)
{
	if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		return '\t';
	unsigned char c = (unsigned char)text[0];
	if (!c || text[1] || c >= 0x80 || strchr("\"\r\n", text[0]))
		die(STATUS_USAGE,
		    "--delimiter: %s is not one ASCII character that may separate fields",
		    quoted(slice_of(text)));
	return text[0];
}

_Noreturn static void
fail(struct slice field, const char *what)
{
	die(STATUS_DATA, "record %" PRIu64 ": %s: %s", stream_record_number(w.in), quoted(field),
	    what);
}

static void
end_line(struct buf *b)
{
	if (cfg.line_end[0] == 'c')
		buf_put_byte(b, '\r');
	buf_put_byte(b, '\n');
}

static void
write_header(void)
{
	struct buf *b = text_out_buf(w.out);
	if (strcmp(cfg.header, "none") == 0)
		return;
	for (size_t i = 0; i < w.header.n; i++) {
		struct slice name = w.header.fields[i].name;
		if (i)
			buf_put_byte(b, cfg.delimiter);
		csv_put(b, name, cfg.delimiter, name.n == 0);
	}
	end_line(b);
	text_out_other(w.out);
}

static void
add_column(struct slice name)
{
	const char *wrong = schema_add(&w.header, name, VALUE_TEXT);
	if (wrong)
		fail(name, wrong);
}

static void
begin(void)
{
	for (size_t i = 0; i < w.header.n; i++)
		if (field_lookup_add(&w.lookup, w.header.fields[i].name) < 0)
			die(STATUS_TRY_AGAIN, "no memory for the names of the columns");
	w.cell = xcalloc(w.header.n, sizeof *w.cell);
	w.seen = xcalloc(w.header.n, sizeof *w.seen);
	w.begun = true;
	write_header();
}

/* The first record's fields are the columns. */
static void
begin_with(const struct record *r)
{
	if (!r->n)
		die(STATUS_DATA, "record %" PRIu64 ": it has no field, so there are no columns",
		    stream_record_number(w.in));
	for (size_t i = 0; i < r->n; i++)
		add_column(r->cells[i].name);
	begin();
}

static size_t
column_of(struct slice name, size_t position)
{
	long i = field_lookup_at(&w.lookup, position, name);
	if (i < 0)
		fail(name, "no column is named so: the first record had no such field (normalize "
			   "gives all records the same)");
	return (size_t)i;
}

static void
map_schema(const struct schema *schema)
{
	w.column = xrealloc(w.column, schema->n * sizeof *w.column);
	w.straight = schema->n == w.header.n;
	for (size_t i = 0; i < schema->n; i++) {
		w.column[i] = column_of(schema->fields[i].name, i);
		w.straight = w.straight && w.column[i] == i;
	}
	w.mapped = true;
}

/* Bytes as base64 and json as JSON text, as to-json writes them. */
static struct slice
text_of(const struct value *v, struct slice field)
{
	static const struct value_style style = {.float_marked = true, .base64 = true};
	buf_reset(&w.scratch);
	const char *wrong = value_text(&w.scratch, v, &style);
	if (wrong)
		die(STATUS_DATA, "record %" PRIu64 ": %s: %s has no JSON form",
		    stream_record_number(w.in), quoted(field), wrong);
	buf_check(&w.scratch, "a value's text", NULL);
	return buf_slice(&w.scratch);
}

static void
put_null(struct buf *b, struct slice field)
{
	buf_put_slice(b, buf_slice(&w.null));
	if (!w.null.n && w.header.n == 1)
		fail(field, "null alone would be an empty line, which readers skip (see --null)");
}

/* Where nothing is null, and where it would be an empty line. */
static bool
empty_is_quoted(void)
{
	return !cfg.null || w.header.n == 1;
}

static void
put_value(struct buf *b, struct slice field, const struct value *v)
{
	size_t from = b->n;
	if (v->type == VALUE_NULL) {
		put_null(b, field);
		return;
	}
	struct slice text = v->type == VALUE_TEXT ? v->s : text_of(v, field);
	csv_put(b, text, cfg.delimiter, text.n == 0 && empty_is_quoted());
	if (cfg.null && slice_equal((struct slice){b->p + from, b->n - from}, buf_slice(&w.null)))
		fail(field, "the value would look like --null");
}

static void
write_straight(struct buf *b, const struct record *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_put_byte(b, cfg.delimiter);
		put_value(b, r->cells[i].name, &r->cells[i].value);
	}
}

/* A column that the record has no field for is null. */
static void
write_by_column(struct buf *b, const struct record *r, bool described)
{
	static const struct value null = {.type = VALUE_NULL};
	uint64_t number = stream_record_number(w.in);
	for (size_t i = 0; i < r->n; i++) {
		size_t column = described ? w.column[i] : column_of(r->cells[i].name, i);
		w.seen[column] = number;
		w.cell[column] = i;
	}
	for (size_t i = 0; i < w.header.n; i++) {
		if (i)
			buf_put_byte(b, cfg.delimiter);
		put_value(b, w.header.fields[i].name,
		    w.seen[i] == number ? &r->cells[w.cell[i]].value : &null);
	}
}

static void
write_record(struct slice raw)
{
	static struct record r;
	struct buf *b = text_out_buf(w.out);
	const struct schema *schema = stream_schema(w.in);
	stream_decode(w.in, raw, &r);
	if (!w.begun)
		begin_with(&r);
	if (schema->n && !w.mapped)
		map_schema(schema);
	if (schema->n && w.straight)
		write_straight(b, &r);
	else
		write_by_column(b, &r, schema->n > 0);
	end_line(b);
	text_out_record(w.out);
}

/* Without records there is still a schema's line of names. */
static void
write_names_alone(void)
{
	const struct schema *schema = stream_schema(w.in);
	if (w.begun || !schema->n)
		return;
	schema_copy(&w.header, schema);
	begin();
}

int
main(int argc, char **argv)
{
	options_parse(&program, argc, argv);
	cfg.delimiter = delimiter(cfg.delimiter_text);
	if (cfg.null)
		csv_put(&w.null, slice_of(cfg.null), cfg.delimiter, false);
	w.out = text_out_open();
	w.in = stream_in_open(STDIN_FILENO, NULL);
	struct slice raw;
	enum stream_kind kind;
	while ((kind = stream_next(w.in, &raw)) != STREAM_END) {
		if (kind == STREAM_SCHEMA)
			w.mapped = false;
		else if (kind == STREAM_RECORD)
			write_record(raw);
	}
	write_names_alone();
	text_out_finish(w.out, w.in);
	return STATUS_OK;
}
